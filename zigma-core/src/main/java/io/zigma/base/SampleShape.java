package io.zigma.base;

import ai.djl.ndarray.types.Shape;

/**
 * The size of one sample: an image (C, H, W) or a video (F, C, H, W), in pixels or in the values of
 * a latent.
 *
 * @param frames number of frames F of a video; 0 for an image, which has no axis of frames (as in
 *     the official {@code video_frames}). A video of one frame is a video
 * @param channels values C at each position
 * @param height rows H
 * @param width columns W
 */
public record SampleShape(int frames, int channels, int height, int width) {

    /**
     * Checks the sides.
     *
     * @throws IllegalArgumentException if one is not positive, or the number of frames negative
     */
    public SampleShape {
        if (frames < 0 || channels < 1 || height < 1 || width < 1) {
            throw new IllegalArgumentException(
                    "a sample needs at least one pixel and one channel, not %s×%s×%s of %s frames"
                            .formatted(height, width, channels, frames));
        }
    }

    /**
     * Describes an image.
     *
     * @param channels values C at each position
     * @param height rows H
     * @param width columns W
     * @return (C, H, W)
     * @throws IllegalArgumentException if one is not positive
     */
    public static SampleShape image(int channels, int height, int width) {
        return new SampleShape(0, channels, height, width);
    }

    /**
     * Describes a video.
     *
     * @param frames number of frames F
     * @param channels values C at each position
     * @param height rows H
     * @param width columns W
     * @return (F, C, H, W)
     * @throws IllegalArgumentException if one is not positive
     */
    public static SampleShape video(int frames, int channels, int height, int width) {
        if (frames < 1) {
            throw new IllegalArgumentException(
                    "a video needs at least one frame, not %s".formatted(frames));
        }
        return new SampleShape(frames, channels, height, width);
    }

    /**
     * Returns whether samples have an axis of frames.
     *
     * @return true for a video
     */
    public boolean isVideo() {
        return frames > 0;
    }

    /**
     * Returns the number of images in a sample.
     *
     * @return F of a video, 1 for an image
     */
    public int frameCount() {
        return Math.max(1, frames);
    }

    /**
     * Returns the axes of one sample.
     *
     * @return (C, H, W) of an image, (F, C, H, W) of a video
     */
    public Shape shape() {
        return isVideo()
                ? new Shape(frames, channels, height, width)
                : new Shape(channels, height, width);
    }

    /**
     * Returns the axes of a batch.
     *
     * @param count how many samples B
     * @return (B, C, H, W) of images, (B, F, C, H, W) of videos
     */
    public Shape batch(long count) {
        return new Shape(count).addAll(shape());
    }

    /**
     * Counts the values of one sample.
     *
     * @return F·C·H·W
     */
    public int size() {
        return Math.multiplyExact(
                Math.multiplyExact(frameCount(), channels), Math.multiplyExact(height, width));
    }

    /**
     * Returns the same with other channels.
     *
     * @param changed values C at each position
     * @return a changed copy
     */
    public SampleShape withChannels(int changed) {
        return new SampleShape(frames, changed, height, width);
    }

    /** Returns the size as text: {@code 28×28×1}, {@code 16 frames of 32×32×4}. */
    @Override
    public String toString() {
        String frame = "%s×%s×%s".formatted(height, width, channels);
        return isVideo() ? "%s of %s".formatted(Amount.of(frames, "frame"), frame) : frame;
    }
}
