package io.zigma.nn;

import ai.djl.ndarray.NDArray;

/**
 * How an image is cut into square patches, row by row.
 *
 * @param channels image channels C
 * @param rows patches from top to bottom, H / p
 * @param columns patches from left to right, W / p
 * @param size side p of a patch in pixels
 */
public record Patches(int channels, int rows, int columns, int size) {

    /**
     * Returns the number of patches of an image.
     *
     * @return L = rows × columns
     */
    public int count() {
        return rows * columns;
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
     * Cuts images into patches.
     *
     * @param x (B, C, H, W)
     * @return (B, L, C·p·p), each patch channel by channel, then row by row
     */
    public NDArray cut(NDArray x) {
        long batch = x.getShape().get(0);
        return x.reshape(batch, channels, rows, size, columns, size)
                .transpose(0, 2, 4, 1, 3, 5) // (B, H/p, W/p, C, p, p)
                .reshape(batch, count(), values());
    }

    /**
     * Puts predicted patches together; inside a patch the official head has the channel last.
     *
     * @param x (B, L, p·p·C)
     * @return (B, C, H, W)
     */
    public NDArray join(NDArray x) {
        long batch = x.getShape().get(0);
        return x.reshape(batch, rows, columns, size, size, channels)
                .transpose(0, 5, 1, 3, 2, 4) // (B, C, H/p, p, W/p, p)
                .reshape(batch, channels, (long) rows * size, (long) columns * size);
    }
}
