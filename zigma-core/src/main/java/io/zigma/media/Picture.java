package io.zigma.media;

/** A decoded picture of any size, read row by row. */
public interface Picture {

    /**
     * Returns the width.
     *
     * @return in pixels, at least 1
     */
    int width();

    /**
     * Returns the height.
     *
     * @return in pixels, at least 1
     */
    int height();

    /**
     * Returns the number of channels.
     *
     * @return 1 (grey) or 3 (RGB)
     */
    int channels();

    /**
     * Reads a row.
     *
     * @param y from 0 at the top
     * @param row channel by channel, {@code row[c * width + x]}, from 0 (black) to 255 (white)
     */
    void row(int y, float[] row);
}
