package io.zigma.base;

import ai.djl.ndarray.types.Shape;

/** What a model paints: an image or a video. */
public sealed interface Canvas {

    /**
     * Returns the number of frames.
     *
     * @return F, 1 for an image
     */
    int frames();

    /**
     * Returns the number of values a pixel has.
     *
     * @return C
     */
    int channels();

    /**
     * Returns the rows of an image or frame.
     *
     * @return H in pixels, or latent rows
     */
    int height();

    /**
     * Returns the columns of an image or frame.
     *
     * @return W in pixels, or latent columns
     */
    int width();

    /**
     * Returns the shape of one sample.
     *
     * @return (C, H, W) of an image, (F, C, H, W) of a video
     */
    Shape shape();

    /**
     * An image (C, H, W).
     *
     * @param channels values a pixel
     * @param height rows
     * @param width columns
     */
    record Image(int channels, int height, int width) implements Canvas {

        /**
         * Checks the sides.
         *
         * @throws IllegalArgumentException if one is not positive
         */
        public Image {
            if (channels < 1 || height < 1 || width < 1) {
                throw new IllegalArgumentException(
                        "an image needs at least one pixel and one channel, not %d×%d×%d"
                                .formatted(height, width, channels));
            }
        }

        @Override
        public int frames() {
            return 1;
        }

        @Override
        public Shape shape() {
            return new Shape(channels, height, width);
        }
    }

    /**
     * A video (F, C, H, W); one frame is a video too.
     *
     * @param frames number of frames
     * @param channels values a pixel
     * @param height rows
     * @param width columns
     */
    record Video(int frames, int channels, int height, int width) implements Canvas {

        /**
         * Checks the sides.
         *
         * @throws IllegalArgumentException if one is not positive
         */
        public Video {
            if (frames < 1 || channels < 1 || height < 1 || width < 1) {
                throw new IllegalArgumentException(
                        "a video needs at least one frame, one pixel and one channel, not %d of %d×%d×%d"
                                .formatted(frames, height, width, channels));
            }
        }

        @Override
        public Shape shape() {
            return new Shape(frames, channels, height, width);
        }
    }
}
