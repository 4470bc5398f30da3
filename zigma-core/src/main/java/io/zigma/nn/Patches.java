package io.zigma.nn;

import ai.djl.ndarray.NDArray;

/**
 * How an image, or each frame of a video, is cut into square patches, row by row.
 *
 * @param frames frames F, 1 for an image
 * @param channels image channels C
 * @param rows patches from top to bottom, H / p
 * @param columns patches from left to right, W / p
 * @param size side p of a patch in pixels
 */
public record Patches(int frames, int channels, int rows, int columns, int size) {

    /**
     * Returns the number of patches of an image or video.
     *
     * @return L = frames × rows × columns
     */
    public int count() {
        return frames * rows * columns;
    }

    /**
     * Returns the number of values in a patch.
     *
     * @return C · p · p
     */
    public int values() {
        return channels * size * size;
    }

    /**
     * Cuts images or videos into patches.
     *
     * @param x (B, C, H, W) or (B, F, C, H, W)
     * @return (B, L, C·p·p), each patch channel by channel, then row by row
     */
    public NDArray cut(NDArray x) {
        long batch = x.getShape().get(0);
        return x.reshape(batch * frames, channels, rows, size, columns, size)
                .transpose(0, 2, 4, 1, 3, 5) // (B·F, H/p, W/p, C, p, p)
                .reshape(batch, count(), values());
    }

    /**
     * Puts predicted patches together; inside a patch the official head has the channel last.
     *
     * @param x (B, L, p·p·C)
     * @return (B·F, C, H, W)
     */
    public NDArray join(NDArray x) {
        long batch = x.getShape().get(0);
        long images = batch * frames;
        return x.reshape(images, rows, columns, size, size, channels)
                .transpose(0, 5, 1, 3, 2, 4) // (B·F, C, H/p, p, W/p, p)
                .reshape(images, channels, (long) rows * size, (long) columns * size);
    }
}
