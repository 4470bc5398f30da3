package io.zigma.media;

/** A decoded picture of any size, read row by row. */
public interface Picture {

    /** Returns the width in pixels. */
    int width();

    /** Returns the height in pixels. */
    int height();

    /** Returns the number of channels, 1 or 3. */
    int channels();

    /**
     * Reads a row.
     *
     * @param y from 0 at the top
     * @param row channel by channel, {@code row[c * width + x]}, from 0 (black) to 255 (white)
     */
    void row(int y, float[] row);
}
