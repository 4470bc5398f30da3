package io.zigma.op.cpu;

import static io.zigma.op.cpu.ScanTile.STRIDE;
import static io.zigma.op.cpu.VectorMath.LANES;
import static io.zigma.op.cpu.VectorMath.SPECIES;

import java.nio.FloatBuffer;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/**
 * The selective scan in one pass: softplus, discretisation, recurrence, skip and gate (Gu and Dao
 * 2023, algorithm 2), with the order of the tokens folded into the addresses.
 *
 * <p>Vectors run across channels. A chunk of steps is staged into small arrays; then time is the
 * innermost loop, so that eight states of a vector of channels stay in registers.
 */
public final class ScanForward {

    private final ScanShape shape;
    private final int[] order;
    private final boolean softplus;
    private final ScanArrays in;
    private final FloatBuffer y;
    private final @Nullable FloatBuffer checkpoints;
    private final float[] a;
    private final float @Nullable [] skip;
    private final float @Nullable [] bias;

    private ScanForward(
            ScanShape shape,
            int[] order,
            boolean softplus,
            ScanArrays in,
            FloatBuffer y,
            @Nullable FloatBuffer checkpoints) {
        this.shape = shape;
        this.order = order;
        this.softplus = softplus;
        this.in = in;
        this.y = y;
        this.checkpoints = checkpoints;
        this.a = Parameters.copy(in.a(), shape.channels() * shape.states());
        this.skip = Parameters.copyIfPresent(in.skip(), shape.channels());
        this.bias = Parameters.copyIfPresent(in.deltaBias(), shape.channels());
    }

    /**
     * Scans all sequences.
     *
     * @param shape sizes
     * @param order the token visited at each step, a permutation of 0 … L − 1
     * @param softplus whether delta goes through softplus
     * @param in operands
     * @param y the result (B, L, E), in raster order
     * @param checkpoints receives the states between chunks, {@link ScanShape#checkpointSize()}
     *     floats; null if no backward scan follows
     * @param threads how many threads may work; the result does not depend on it
     */
    public static void run(
            ScanShape shape,
            int[] order,
            boolean softplus,
            ScanArrays in,
            FloatBuffer y,
            @Nullable FloatBuffer checkpoints,
            int threads) {
        ScanForward scan = new ScanForward(shape, order, softplus, in, y, checkpoints);
        int tiles = shape.tiles();
        Workers.run(shape.batch() * tiles, threads, task -> scan.tile(task / tiles, task % tiles));
    }

    private void tile(int sequence, int number) {
        int first = number * ScanTile.CHANNELS;
        int channels = shape.channels();
        int states = shape.states();
        ScanTile tile = ScanTile.of(states, Math.min(ScanTile.CHANNELS, channels - first));
        tile.loadParameters(a, skip, bias, first);
        tile.loadTokens(in.b(), in.c(), sequence, shape.length());
        int[] positions = Parameters.positions(order, sequence, channels, first);
        FloatBuffer gate = in.gate();
        Arrays.fill(tile.state, 0f);
        int chunk = 0;
        for (int start = 0; start < shape.length(); start += ScanTile.STEPS, chunk++) {
            int steps = Math.min(ScanTile.STEPS, shape.length() - start);
            if (checkpoints != null && chunk > 0) {
                int saved = sequence * (shape.chunks() - 1) + chunk - 1;
                tile.saveState(checkpoints, saved * states * channels + first, channels);
            }
            tile.gather(in.u(), tile.u, positions, start, steps);
            tile.gather(in.delta(), tile.deltaRaw, positions, start, steps);
            tile.orderTokens(order, start, steps);
            discretise(tile, steps);
            int state = 0;
            for (; state + 8 <= states; state += 8) {
                scanEight(tile, steps, state);
            }
            for (; state < states; state++) {
                scanOne(tile, steps, state);
            }
            if (gate != null) {
                tile.gather(gate, tile.gate, positions, start, steps);
                applyGate(tile, steps);
            }
            tile.scatter(tile.y, y, positions, start, steps);
        }
    }

    /** delta = softplus(delta + bias), and what the recurrence takes from each token. */
    private void discretise(ScanTile tile, int steps) {
        for (int step = 0; step < steps; step++) {
            for (int channel = 0; channel < tile.vectors * LANES; channel += LANES) {
                int at = step * STRIDE + channel;
                FloatVector raw =
                        FloatVector.fromArray(SPECIES, tile.deltaRaw, at)
                                .add(FloatVector.fromArray(SPECIES, tile.bias, channel));
                FloatVector delta = softplus ? VectorMath.softplus(raw) : raw;
                FloatVector u = FloatVector.fromArray(SPECIES, tile.u, at);
                delta.intoArray(tile.delta, at);
                delta.mul(u).intoArray(tile.deltaU, at);
                u.mul(FloatVector.fromArray(SPECIES, tile.skip, channel)).intoArray(tile.y, at);
            }
        }
    }

    /**
     * h = exp(delta·A)·h + delta·B·u and y += C·h for eight states. Eight fill the registers;
     * sixteen spill them and fall off what the compiler will inline.
     */
    private static void scanEight(ScanTile tile, int steps, int state) {
        int states = tile.states;
        float[] decay = tile.decay;
        float[] h = tile.state;
        for (int channel = 0; channel < tile.vectors * LANES; channel += LANES) {
            int row = state * STRIDE + channel;
            final FloatVector a0 = FloatVector.fromArray(SPECIES, decay, row);
            final FloatVector a1 = FloatVector.fromArray(SPECIES, decay, row + STRIDE);
            final FloatVector a2 = FloatVector.fromArray(SPECIES, decay, row + 2 * STRIDE);
            final FloatVector a3 = FloatVector.fromArray(SPECIES, decay, row + 3 * STRIDE);
            final FloatVector a4 = FloatVector.fromArray(SPECIES, decay, row + 4 * STRIDE);
            final FloatVector a5 = FloatVector.fromArray(SPECIES, decay, row + 5 * STRIDE);
            final FloatVector a6 = FloatVector.fromArray(SPECIES, decay, row + 6 * STRIDE);
            final FloatVector a7 = FloatVector.fromArray(SPECIES, decay, row + 7 * STRIDE);
            FloatVector h0 = FloatVector.fromArray(SPECIES, h, row);
            FloatVector h1 = FloatVector.fromArray(SPECIES, h, row + STRIDE);
            FloatVector h2 = FloatVector.fromArray(SPECIES, h, row + 2 * STRIDE);
            FloatVector h3 = FloatVector.fromArray(SPECIES, h, row + 3 * STRIDE);
            FloatVector h4 = FloatVector.fromArray(SPECIES, h, row + 4 * STRIDE);
            FloatVector h5 = FloatVector.fromArray(SPECIES, h, row + 5 * STRIDE);
            FloatVector h6 = FloatVector.fromArray(SPECIES, h, row + 6 * STRIDE);
            FloatVector h7 = FloatVector.fromArray(SPECIES, h, row + 7 * STRIDE);
            for (int step = 0; step < steps; step++) {
                int at = step * STRIDE + channel;
                int k = step * states + state;
                final FloatVector delta = FloatVector.fromArray(SPECIES, tile.delta, at);
                final FloatVector x = FloatVector.fromArray(SPECIES, tile.deltaU, at);
                FloatVector y = FloatVector.fromArray(SPECIES, tile.y, at);
                h0 = next(h0, delta, a0, x, tile.b[k]);
                y = read(h0, tile.c[k], y);
                h1 = next(h1, delta, a1, x, tile.b[k + 1]);
                y = read(h1, tile.c[k + 1], y);
                h2 = next(h2, delta, a2, x, tile.b[k + 2]);
                y = read(h2, tile.c[k + 2], y);
                h3 = next(h3, delta, a3, x, tile.b[k + 3]);
                y = read(h3, tile.c[k + 3], y);
                h4 = next(h4, delta, a4, x, tile.b[k + 4]);
                y = read(h4, tile.c[k + 4], y);
                h5 = next(h5, delta, a5, x, tile.b[k + 5]);
                y = read(h5, tile.c[k + 5], y);
                h6 = next(h6, delta, a6, x, tile.b[k + 6]);
                y = read(h6, tile.c[k + 6], y);
                h7 = next(h7, delta, a7, x, tile.b[k + 7]);
                y = read(h7, tile.c[k + 7], y);
                y.intoArray(tile.y, at);
            }
            h0.intoArray(h, row);
            h1.intoArray(h, row + STRIDE);
            h2.intoArray(h, row + 2 * STRIDE);
            h3.intoArray(h, row + 3 * STRIDE);
            h4.intoArray(h, row + 4 * STRIDE);
            h5.intoArray(h, row + 5 * STRIDE);
            h6.intoArray(h, row + 6 * STRIDE);
            h7.intoArray(h, row + 7 * STRIDE);
        }
    }

    private static void scanOne(ScanTile tile, int steps, int state) {
        for (int channel = 0; channel < tile.vectors * LANES; channel += LANES) {
            int row = state * STRIDE + channel;
            final FloatVector a = FloatVector.fromArray(SPECIES, tile.decay, row);
            FloatVector h = FloatVector.fromArray(SPECIES, tile.state, row);
            for (int step = 0; step < steps; step++) {
                int at = step * STRIDE + channel;
                int k = step * tile.states + state;
                final FloatVector delta = FloatVector.fromArray(SPECIES, tile.delta, at);
                final FloatVector x = FloatVector.fromArray(SPECIES, tile.deltaU, at);
                h = next(h, delta, a, x, tile.b[k]);
                read(h, tile.c[k], FloatVector.fromArray(SPECIES, tile.y, at))
                        .intoArray(tile.y, at);
            }
            h.intoArray(tile.state, row);
        }
    }

    private static FloatVector next(
            FloatVector h, FloatVector delta, FloatVector decay, FloatVector x, float b) {
        return VectorMath.decay(delta.mul(decay)).fma(h, x.mul(b));
    }

    private static FloatVector read(FloatVector h, float c, FloatVector y) {
        return h.fma(FloatVector.broadcast(SPECIES, c), y);
    }

    /** y = y·silu(gate). */
    private static void applyGate(ScanTile tile, int steps) {
        for (int step = 0; step < steps; step++) {
            for (int channel = 0; channel < tile.vectors * LANES; channel += LANES) {
                int at = step * STRIDE + channel;
                FloatVector z = FloatVector.fromArray(SPECIES, tile.gate, at);
                FloatVector.fromArray(SPECIES, tile.y, at)
                        .mul(z)
                        .mul(VectorMath.sigmoid(z))
                        .intoArray(tile.y, at);
            }
        }
    }
}
