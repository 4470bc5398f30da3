package io.zigma.op.cpu;

import static io.zigma.op.cpu.ConvolutionTile.STRIDE;
import static io.zigma.op.cpu.VectorMath.LANES;
import static io.zigma.op.cpu.VectorMath.SPECIES;

import java.nio.FloatBuffer;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/**
 * Gradients of the causal convolution with SiLU with respect to all its operands.
 *
 * <p>Chunks are visited from the last to the first, because an input is used by its own step and
 * the K − 1 after it. Sums over sequences are added up in their order, whatever thread did the
 * work.
 */
public final class ConvolutionBackward {

    private final ConvolutionShape shape;
    private final int[] order;
    private final ConvolutionArrays in;
    private final FloatBuffer yGradient;
    private final ConvolutionArrays out;
    private final float[] weight;
    private final float @Nullable [] bias;
    // a sum for each sequence: (B, E, K) and (B, E)
    private final float[] weightParts;
    private final float[] biasParts;

    private ConvolutionBackward(
            ConvolutionShape shape,
            int[] order,
            ConvolutionArrays in,
            FloatBuffer yGradient,
            ConvolutionArrays out) {
        this.shape = shape;
        this.order = order;
        this.in = in;
        this.yGradient = yGradient;
        this.out = out;
        this.weight = Parameters.copy(in.weight(), shape.channels() * shape.taps());
        this.bias = Parameters.copyIfPresent(in.bias(), shape.channels());
        this.weightParts = new float[shape.batch() * shape.channels() * shape.taps()];
        this.biasParts = new float[shape.batch() * shape.channels()];
    }

    /**
     * Computes all gradients.
     *
     * @param shape sizes
     * @param order the token visited at each step, a permutation of 0 … L − 1
     * @param in operands of the forward convolution
     * @param yGradient gradient of the result (B, L, E)
     * @param out receives the gradients; null where {@code in} has null
     * @param threads how many threads may work; the result does not depend on it
     */
    public static void run(
            ConvolutionShape shape,
            int[] order,
            ConvolutionArrays in,
            FloatBuffer yGradient,
            ConvolutionArrays out,
            int threads) {
        ConvolutionBackward convolution = new ConvolutionBackward(shape, order, in, yGradient, out);
        int tiles = shape.tiles();
        Workers.run(
                shape.batch() * tiles,
                threads,
                task -> convolution.tile(task / tiles, task % tiles));
        convolution.addUp();
    }

    private void tile(int sequence, int number) {
        int first = number * ConvolutionTile.CHANNELS;
        int taps = shape.taps();
        ConvolutionTile tile =
                ConvolutionTile.of(
                        taps, Math.min(ConvolutionTile.CHANNELS, shape.channels() - first));
        tile.loadParameters(weight, bias, first);
        int[] positions = Parameters.positions(order, sequence, shape.channels(), first);
        Arrays.fill(tile.weightGradient, 0f);
        Arrays.fill(tile.biasGradient, 0f);
        Arrays.fill(tile.yGradient, 0f); // no steps after the last
        for (int chunk = shape.chunks() - 1; chunk >= 0; chunk--) {
            int start = chunk * ConvolutionTile.STEPS;
            int steps = Math.min(ConvolutionTile.STEPS, shape.length() - start);
            // the first rows of the chunk after this one become the rows after this chunk
            System.arraycopy(
                    tile.yGradient, 0, tile.yGradient, steps * STRIDE, (taps - 1) * STRIDE);
            tile.gatherInputs(in.x(), positions, start, steps);
            tile.gather(yGradient, tile.yGradient, positions, start, steps);
            throughSilu(tile, steps);
            addParameters(tile, steps);
            correlate(tile, steps);
            tile.scatter(tile.xGradient, out.x(), positions, start, steps);
        }
        saveSums(tile, sequence, first);
    }

    /** Gradient before SiLU: silu'(s) = σ(s)·(1 + s·(1 − σ(s))). */
    private static void throughSilu(ConvolutionTile tile, int steps) {
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        for (int channel = 0; channel < tile.vectors * LANES; channel += LANES) {
            for (int step = 0; step < steps; step++) {
                int at = step * STRIDE + channel;
                FloatVector sum = ConvolutionForward.sum(tile, at, channel);
                FloatVector sigmoid = VectorMath.sigmoid(sum);
                FloatVector.fromArray(SPECIES, tile.yGradient, at)
                        .mul(sigmoid.fma(sum.mul(one.sub(sigmoid)), sigmoid))
                        .intoArray(tile.yGradient, at);
            }
        }
    }

    private static void addParameters(ConvolutionTile tile, int steps) {
        for (int channel = 0; channel < tile.vectors * LANES; channel += LANES) {
            FloatVector biasSum = FloatVector.fromArray(SPECIES, tile.biasGradient, channel);
            for (int step = 0; step < steps; step++) {
                biasSum =
                        biasSum.add(
                                FloatVector.fromArray(
                                        SPECIES, tile.yGradient, step * STRIDE + channel));
            }
            biasSum.intoArray(tile.biasGradient, channel);
            for (int tap = 0; tap < tile.taps; tap++) {
                int row = tap * STRIDE + channel;
                FloatVector sum = FloatVector.fromArray(SPECIES, tile.weightGradient, row);
                for (int step = 0; step < steps; step++) {
                    sum =
                            FloatVector.fromArray(SPECIES, tile.x, step * STRIDE + row)
                                    .fma(
                                            FloatVector.fromArray(
                                                    SPECIES,
                                                    tile.yGradient,
                                                    step * STRIDE + channel),
                                            sum);
                }
                sum.intoArray(tile.weightGradient, row);
            }
        }
    }

    /** dx at step t = Σ weight[k]·dy at step t + K − 1 − k. */
    private static void correlate(ConvolutionTile tile, int steps) {
        for (int channel = 0; channel < tile.vectors * LANES; channel += LANES) {
            for (int step = 0; step < steps; step++) {
                int at = step * STRIDE + channel;
                FloatVector sum = FloatVector.zero(SPECIES);
                for (int tap = 0; tap < tile.taps; tap++) {
                    int later = at + (tile.taps - 1 - tap) * STRIDE;
                    sum =
                            FloatVector.fromArray(SPECIES, tile.yGradient, later)
                                    .fma(
                                            FloatVector.fromArray(
                                                    SPECIES, tile.weight, tap * STRIDE + channel),
                                            sum);
                }
                sum.intoArray(tile.xGradient, at);
            }
        }
    }

    private void saveSums(ConvolutionTile tile, int sequence, int first) {
        int row = sequence * shape.channels() + first;
        for (int channel = 0; channel < tile.width; channel++) {
            for (int tap = 0; tap < tile.taps; tap++) {
                weightParts[(row + channel) * tile.taps + tap] =
                        tile.weightGradient[tap * STRIDE + channel];
            }
        }
        System.arraycopy(tile.biasGradient, 0, biasParts, row, tile.width);
    }

    private void addUp() {
        int weights = shape.channels() * shape.taps();
        out.weight().put(0, Parts.sum(weightParts, weights), 0, weights);
        FloatBuffer biasGradient = out.bias();
        if (biasGradient != null) {
            biasGradient.put(0, Parts.sum(biasParts, shape.channels()), 0, shape.channels());
        }
    }
}
