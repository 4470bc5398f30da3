package io.zigma.nn;

import io.zigma.scan.Grid;

/** The fixed sine-cosine table of two-dimensional positions (DiT, get_2d_sincos_pos_embed). */
public final class PositionTable {

    private static final double LONGEST_PERIOD = 10_000;

    private PositionTable() {}

    /**
     * Computes the table in double precision.
     *
     * <p>The first half of the channels encodes the column, the second the row; each half holds
     * sines, then cosines.
     *
     * @param grid the grid of tokens; all frames of a video have the same table
     * @param hiddenSize channels D, a multiple of 4
     * @return L × D values, token by token in raster order
     * @throws IllegalArgumentException if {@code hiddenSize} is not a multiple of 4
     */
    public static float[] sineCosine(Grid grid, int hiddenSize) {
        if (hiddenSize % 4 != 0) {
            throw new IllegalArgumentException(
                    "sine-cosine positions need a hidden size that is a multiple of 4, not %s"
                            .formatted(hiddenSize));
        }
        int quarter = hiddenSize / 4;
        float[] table = new float[grid.tokens() * hiddenSize];
        int frame = table.length / grid.frames();
        int at = 0;
        for (int row = 0; row < grid.height(); row++) {
            for (int column = 0; column < grid.width(); column++) {
                encode(column, quarter, table, at);
                encode(row, quarter, table, at + 2 * quarter);
                at += hiddenSize;
            }
        }
        for (; at < table.length; at += frame) {
            System.arraycopy(table, 0, table, at, frame);
        }
        return table;
    }

    private static void encode(int position, int frequencies, float[] table, int at) {
        for (int i = 0; i < frequencies; i++) {
            double angle = position / Math.pow(LONGEST_PERIOD, (double) i / frequencies);
            table[at + i] = (float) Math.sin(angle);
            table[at + frequencies + i] = (float) Math.cos(angle);
        }
    }
}
