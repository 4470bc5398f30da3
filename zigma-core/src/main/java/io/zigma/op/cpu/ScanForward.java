package io.zigma.op.cpu;

import static io.zigma.op.cpu.ScanTile.STRIDE;
import static io.zigma.op.cpu.VectorMath.LANES;
import static io.zigma.op.cpu.VectorMath.SPECIES;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/**
 * The selective scan in one pass: softplus, discretisation, recurrence, D and gate (Gu and Dao
 * 2023, algorithm 2), with the order of the tokens folded into the addresses.
 *
 * <p>Vectors run across channels. A chunk of steps is staged into small arrays; then time is the
 * innermost loop, so that eight states of a vector of channels stay in registers.
 */
public final class ScanForward {

    // from one state to the next in a tile's decays
    private static final int NEXT = ScanTile.STEPS * LANES;

    private final ScanShape shape;
    private final int[] order;
    private final ScanChannels in;
    private final StepSource source;
    private final FloatBuffer y;
    private final @Nullable FloatBuffer checkpoints;
    private final float[] a;
    private final float @Nullable [] d;
    private final float @Nullable [] bias;
    private final boolean growing;
    private final List<TilePass> passes = new ArrayList<>();

    private ScanForward(
            ScanShape shape,
            int[] order,
            boolean softplus,
            ScanChannels in,
            StepSource source,
            FloatBuffer y,
            @Nullable FloatBuffer checkpoints) {
        this.shape = shape;
        this.order = order;
        this.in = in;
        this.source = source;
        this.y = y;
        this.checkpoints = checkpoints;
        this.a = Parameters.copy(in.a(), shape.channels() * shape.states());
        this.d = Parameters.copyIfPresent(in.d(), shape.channels());
        this.bias = Parameters.copyIfPresent(in.dtBias(), shape.channels());
        this.growing = !softplus || Parameters.anyPositive(a);
        passes.add(softplus ? ScanTile::applySoftplus : ScanTile::addBias);
        passes.add(ScanTile::discretise);
        passes.add(ScanForward::recur);
        if (in.gate() != null) {
            passes.add(ScanForward::applyGate);
        }
    }

    /**
     * Scans all sequences.
     *
     * @param shape sizes
     * @param order the token visited at each step, a permutation of 0 … L − 1
     * @param softplus whether softplus is applied to delta
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
        StepSource source = new GivenSteps(shape, order, in.delta(), in.b(), in.c());
        new ScanForward(shape, order, softplus, in.channels(), source, y, checkpoints).run(threads);
    }

    /**
     * Scans all sequences, computing delta as well; softplus is applied to it.
     *
     * @param shape sizes
     * @param order the token visited at each step, a permutation of 0 … L − 1
     * @param in operands beside delta, B and C
     * @param selection what gives those
     * @param y the result (B, L, E), in raster order
     * @param threads how many threads may work; the result does not depend on it
     */
    public static void run(
            ScanShape shape,
            int[] order,
            ScanChannels in,
            ScanSelection selection,
            FloatBuffer y,
            int threads) {
        StepSource source = new ProjectedSteps(shape, selection);
        new ScanForward(shape, order, true, in, source, y, null).run(threads);
    }

    private void run(int threads) {
        int tiles = shape.tiles();
        Workers.run(shape.batch() * tiles, threads, task -> tile(task / tiles, task % tiles));
    }

    private void tile(int sequence, int number) {
        int first = number * ScanTile.CHANNELS;
        int channels = shape.channels();
        int states = shape.states();
        ScanTile tile = ScanTile.of(states, Math.min(ScanTile.CHANNELS, channels - first));
        tile.loadParameters(a, d, bias, first);
        tile.growing = growing;
        source.begin(tile, sequence);
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
            tile.gather(in.u(), tile.in.u(), positions, start, steps);
            source.read(tile, positions, start, steps);
            if (gate != null) {
                tile.gather(gate, tile.in.gate(), positions, start, steps);
            }
            for (TilePass pass : passes) {
                pass.run(tile, steps);
            }
            tile.scatter(tile.gatedY, y, positions, start, steps);
        }
    }

    private static void recur(ScanTile tile, int steps) {
        for (int channel = 0; channel < tile.vectors * LANES; channel += LANES) {
            recur(tile, steps, channel);
        }
    }

    private static void recur(ScanTile tile, int steps, int channel) {
        int state = 0;
        for (; state + ScanTile.BLOCK <= tile.states; state += ScanTile.BLOCK) {
            tile.fillDecays(steps, channel, state, ScanTile.BLOCK);
            recurFour(tile, steps, channel, state);
        }
        for (; state < tile.states; state++) {
            tile.fillDecays(steps, channel, state, 1);
            recurOne(tile, steps, channel, state);
        }
    }

    /** h = exp(delta·A)·h + delta·B·u and y += C·h for four states in registers. */
    private static void recurFour(ScanTile tile, int steps, int channel, int state) {
        float[] h = tile.state;
        float[] decays = tile.decays;
        int row = state * STRIDE + channel;
        FloatVector h0 = FloatVector.fromArray(SPECIES, h, row);
        FloatVector h1 = FloatVector.fromArray(SPECIES, h, row + STRIDE);
        FloatVector h2 = FloatVector.fromArray(SPECIES, h, row + 2 * STRIDE);
        FloatVector h3 = FloatVector.fromArray(SPECIES, h, row + 3 * STRIDE);
        for (int step = 0; step < steps; step++) {
            int at = step * STRIDE + channel;
            int k = step * tile.states + state;
            int d = step * LANES;
            final FloatVector x = FloatVector.fromArray(SPECIES, tile.deltaU, at);
            FloatVector y = FloatVector.fromArray(SPECIES, tile.y, at);
            h0 = next(h0, decays, d, x, tile.in.b()[k]);
            y = read(h0, tile.in.c()[k], y);
            h1 = next(h1, decays, d + NEXT, x, tile.in.b()[k + 1]);
            y = read(h1, tile.in.c()[k + 1], y);
            h2 = next(h2, decays, d + 2 * NEXT, x, tile.in.b()[k + 2]);
            y = read(h2, tile.in.c()[k + 2], y);
            h3 = next(h3, decays, d + 3 * NEXT, x, tile.in.b()[k + 3]);
            y = read(h3, tile.in.c()[k + 3], y);
            y.intoArray(tile.y, at);
        }
        h0.intoArray(h, row);
        h1.intoArray(h, row + STRIDE);
        h2.intoArray(h, row + 2 * STRIDE);
        h3.intoArray(h, row + 3 * STRIDE);
    }

    private static void recurOne(ScanTile tile, int steps, int channel, int state) {
        int row = state * STRIDE + channel;
        FloatVector h = FloatVector.fromArray(SPECIES, tile.state, row);
        for (int step = 0; step < steps; step++) {
            int at = step * STRIDE + channel;
            int k = step * tile.states + state;
            final FloatVector x = FloatVector.fromArray(SPECIES, tile.deltaU, at);
            h = next(h, tile.decays, step * LANES, x, tile.in.b()[k]);
            read(h, tile.in.c()[k], FloatVector.fromArray(SPECIES, tile.y, at))
                    .intoArray(tile.y, at);
        }
        h.intoArray(tile.state, row);
    }

    private static FloatVector next(FloatVector h, float[] decays, int at, FloatVector x, float b) {
        return FloatVector.fromArray(SPECIES, decays, at).fma(h, x.mul(b));
    }

    private static FloatVector read(FloatVector h, float c, FloatVector y) {
        return h.fma(FloatVector.broadcast(SPECIES, c), y);
    }

    /** What leaves the scan: y·silu(gate). */
    private static void applyGate(ScanTile tile, int steps) {
        for (int step = 0; step < steps; step++) {
            for (int channel = 0; channel < tile.vectors * LANES; channel += LANES) {
                int at = step * STRIDE + channel;
                FloatVector z = FloatVector.fromArray(SPECIES, tile.in.gate(), at);
                FloatVector.fromArray(SPECIES, tile.y, at)
                        .mul(z)
                        .mul(VectorMath.sigmoid(z))
                        .intoArray(tile.gatedY, at);
            }
        }
    }
}
