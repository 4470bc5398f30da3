package io.zigma.media;

import io.zigma.base.SampleShape;

/**
 * The size that every picture of a data set is resized to.
 *
 * @param channels 1 for grey, 3 for colour
 * @param height pixels
 * @param width pixels
 */
public record PictureFormat(int channels, int height, int width) {

    private static final int MAX_SIDE = 1 << 14;

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if there are neither 1 nor 3 channels or a side is not from
     *     1 to 16384 pixels
     */
    public PictureFormat {
        if (channels != 1 && channels != 3) {
            throw new IllegalArgumentException(
                    "pictures have 1 channel (grey) or 3 (colour), not " + channels);
        }
        if (height < 1 || width < 1 || height > MAX_SIDE || width > MAX_SIDE) {
            throw new IllegalArgumentException(
                    "a picture of %s×%s pixels is not possible; sides go from 1 to %s"
                            .formatted(height, width, MAX_SIDE));
        }
    }

    /**
     * Returns the number of values of a picture.
     *
     * @return channels × height × width
     */
    public int elements() {
        return channels * height * width;
    }

    /**
     * Returns the format as the size of a sample.
     *
     * @return (C, H, W) of a picture
     */
    public SampleShape sample() {
        return SampleShape.image(channels, height, width);
    }
}
