package io.zigma.media;

/** Decoded samples in the order and the colours of the file. */
interface StoredSamples {

    /** Returns the stored width in pixels. */
    int width();

    /** Returns the stored height in pixels. */
    int height();

    /** Returns the number of colour samples of a pixel: 1 grey, 3 red, green, blue, 4 CMYK. */
    int colours();

    /** Returns whether samples have more than 8 bits. */
    boolean deep();

    /**
     * Reads a stored row or column.
     *
     * @param column true for a column
     * @param number index of the row or column
     * @param planes colour by colour, {@code planes[c * n + i]}, 0 to 255
     * @param alpha n numbers, 0 clear to 1 opaque
     */
    void line(boolean column, int number, float[] planes, float[] alpha);
}
