package io.zigma.op.cpu;

import static io.zigma.op.cpu.ConvolutionTile.STRIDE;
import static io.zigma.op.cpu.VectorMath.LANES;
import static io.zigma.op.cpu.VectorMath.SPECIES;

import java.nio.FloatBuffer;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/**
 * Depthwise causal convolution along a path, and SiLU, in one pass: y at step t is silu(bias + Σ
 * weight[k]·x at step t − K + 1 + k).
 */
public final class ConvolutionForward {

    private final ConvolutionShape shape;
    private final int[] order;
    private final ConvolutionArrays in;
    private final FloatBuffer y;
    private final float[] weight;
    private final float @Nullable [] bias;

    private ConvolutionForward(
            ConvolutionShape shape, int[] order, ConvolutionArrays in, FloatBuffer y) {
        this.shape = shape;
        this.order = order;
        this.in = in;
        this.y = y;
        this.weight = Parameters.copy(in.weight(), shape.channels() * shape.taps());
        this.bias = Parameters.copyIfPresent(in.bias(), shape.channels());
    }

    /**
     * Convolves all sequences.
     *
     * @param shape sizes
     * @param order the token visited at each step, a permutation of 0 … L − 1
     * @param in operands
     * @param y the result (B, L, E), in raster order
     * @param threads how many threads may work; the result does not depend on it
     */
    public static void run(
            ConvolutionShape shape, int[] order, ConvolutionArrays in, FloatBuffer y, int threads) {
        ConvolutionForward convolution = new ConvolutionForward(shape, order, in, y);
        int tiles = shape.tiles();
        Workers.run(
                shape.batch() * tiles,
                threads,
                task -> convolution.tile(task / tiles, task % tiles));
    }

    private void tile(int sequence, int number) {
        int first = number * ConvolutionTile.CHANNELS;
        ConvolutionTile tile =
                ConvolutionTile.of(
                        shape.taps(), Math.min(ConvolutionTile.CHANNELS, shape.channels() - first));
        tile.loadParameters(weight, bias, first);
        int[] positions = Parameters.positions(order, sequence, shape.channels(), first);
        for (int start = 0; start < shape.length(); start += ConvolutionTile.STEPS) {
            int steps = Math.min(ConvolutionTile.STEPS, shape.length() - start);
            tile.gatherInputs(in.x(), positions, start, steps);
            convolve(tile, steps);
            tile.scatter(tile.y, y, positions, start, steps);
        }
    }

    private static void convolve(ConvolutionTile tile, int steps) {
        for (int channel = 0; channel < tile.vectors * LANES; channel += LANES) {
            for (int step = 0; step < steps; step++) {
                int at = step * STRIDE + channel;
                FloatVector sum = sum(tile, at, channel);
                sum.mul(VectorMath.sigmoid(sum)).intoArray(tile.y, at);
            }
        }
    }

    /** What SiLU is applied to. */
    static FloatVector sum(ConvolutionTile tile, int at, int channel) {
        FloatVector sum = FloatVector.fromArray(SPECIES, tile.bias, channel);
        for (int tap = 0; tap < tile.taps; tap++) {
            sum =
                    FloatVector.fromArray(SPECIES, tile.x, at + tap * STRIDE)
                            .fma(
                                    FloatVector.fromArray(
                                            SPECIES, tile.weight, tap * STRIDE + channel),
                                    sum);
        }
        return sum;
    }
}
