package io.zigma.nn;

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
     * @param rows tokens from top to bottom
     * @param columns tokens from left to right
     * @param hiddenSize channels D, a multiple of 4
     * @return L × D values, token by token in raster order
     * @throws IllegalArgumentException if {@code hiddenSize} is not a multiple of 4
     */
    public static float[] sineCosine(int rows, int columns, int hiddenSize) {
        if (hiddenSize % 4 != 0) {
            throw new IllegalArgumentException(
                    "sine-cosine positions need a hidden size that is a multiple of 4, not %d"
                            .formatted(hiddenSize));
        }
        int quarter = hiddenSize / 4;
        float[] table = new float[rows * columns * hiddenSize];
        int at = 0;
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                encode(column, quarter, table, at);
                encode(row, quarter, table, at + 2 * quarter);
                at += hiddenSize;
            }
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
