package io.zigma.op.cpu;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One thread's scratch for {@link #CHANNELS} channels × {@link #STEPS} steps of a convolution.
 *
 * <p>Rows are steps (or taps), one float a channel. What is beyond the tile's width is never
 * written back.
 */
final class ConvolutionTile {

    /** Channels of a tile. */
    static final int CHANNELS = 128;

    /** Steps of a chunk. */
    static final int STEPS = 32;

    /**
     * Distance of rows: one vector more than the channels, so that rows fall on different cache
     * sets.
     */
    static final int STRIDE = CHANNELS + VectorMath.LANES;

    private static final ThreadLocal<@Nullable ConvolutionTile> OWN = new ThreadLocal<>();

    final float[] x; // taps − 1 earlier steps, then those of the chunk
    final float[] y = new float[STEPS * STRIDE];
    final float[] yGradient; // before SiLU; the chunk's steps, then taps − 1 later ones
    final float[] xGradient = new float[STEPS * STRIDE];
    final float[] weight;
    final float[] bias = new float[STRIDE];
    final float[] weightGradient;
    final float[] biasGradient = new float[STRIDE];
    final int taps;
    int width;
    int vectors;

    private ConvolutionTile(int taps) {
        this.taps = taps;
        x = new float[(taps - 1 + STEPS) * STRIDE];
        yGradient = new float[(STEPS + taps - 1) * STRIDE];
        weight = new float[taps * STRIDE];
        weightGradient = new float[taps * STRIDE];
    }

    /**
     * Returns the calling thread's scratch.
     *
     * @param taps K
     * @param width channels of this tile, 1 … {@link #CHANNELS}
     */
    static ConvolutionTile of(int taps, int width) {
        ConvolutionTile tile = OWN.get();
        if (tile == null || tile.taps != taps) {
            tile = new ConvolutionTile(taps);
            OWN.set(tile);
        }
        tile.width = width;
        tile.vectors = (width + VectorMath.LANES - 1) / VectorMath.LANES;
        return tile;
    }

    /** Reads weight and bias of the tile's channels; an absent bias is zero. */
    void loadParameters(float[] weights, float @Nullable [] biases, int first) {
        for (int channel = 0; channel < width; channel++) {
            for (int tap = 0; tap < taps; tap++) {
                weight[tap * STRIDE + channel] = weights[(first + channel) * taps + tap];
            }
        }
        Arrays.fill(bias, 0f);
        if (biases != null) {
            System.arraycopy(biases, first, bias, 0, width);
        }
    }

    /**
     * Reads the chunk's inputs and the taps − 1 before it, which are zero before the first step.
     */
    void gatherInputs(FloatBuffer from, int[] positions, int start, int steps) {
        for (int row = 0; row < taps - 1 + steps; row++) {
            int step = start - (taps - 1) + row;
            if (step < 0) {
                Arrays.fill(x, row * STRIDE, (row + 1) * STRIDE, 0f);
            } else {
                from.get(positions[step], x, row * STRIDE, width);
            }
        }
    }

    void gather(FloatBuffer from, float[] to, int[] positions, int start, int steps) {
        for (int step = 0; step < steps; step++) {
            from.get(positions[start + step], to, step * STRIDE, width);
        }
    }

    void scatter(float[] from, FloatBuffer to, int[] positions, int start, int steps) {
        for (int step = 0; step < steps; step++) {
            to.put(positions[start + step], from, step * STRIDE, width);
        }
    }
}
