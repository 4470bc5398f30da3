package io.zigma.op.cpu;

import static io.zigma.op.cpu.ScanTile.STRIDE;
import static io.zigma.op.cpu.VectorMath.LANES;
import static io.zigma.op.cpu.VectorMath.SPECIES;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * The pass of the backward scan that runs through time: the states of a chunk are worked out again,
 * then time runs backwards for the gradients of delta·u, delta·A, A, B and C.
 */
final class ScanReversal {

    // from one state to the next in a tile's decays
    private static final int NEXT = ScanTile.STEPS * LANES;

    private ScanReversal() {}

    static void recur(ScanTile tile, int steps) {
        int sums = steps * tile.states * LANES;
        Arrays.fill(tile.bLanes, 0, sums, 0f);
        Arrays.fill(tile.cLanes, 0, sums, 0f);
        Arrays.fill(tile.decayGradient, 0f);
        Arrays.fill(tile.deltaUGradient, 0f);
        for (int channel = 0; channel < tile.vectors * LANES; channel += LANES) {
            recur(tile, steps, channel);
        }
    }

    private static void recur(ScanTile tile, int steps, int channel) {
        int state = 0;
        for (; state + ScanTile.BLOCK <= tile.states; state += ScanTile.BLOCK) {
            tile.fillDecays(steps, channel, state, ScanTile.BLOCK);
            recomputeFour(tile, steps, channel, state);
            reverseTwo(tile, steps, channel, state, 0);
            reverseTwo(tile, steps, channel, state + 2, 2);
        }
        for (; state < tile.states; state++) {
            tile.fillDecays(steps, channel, state, 1);
            recomputeOne(tile, steps, channel, state);
            reverseOne(tile, steps, channel, state);
        }
    }

    /** Keeps exp(delta·A)·h of every step, and adds C·h to y. */
    private static void recomputeFour(ScanTile tile, int steps, int channel, int state) {
        float[] kept = tile.kept;
        float[] decays = tile.decays;
        int row = state * STRIDE + channel;
        FloatVector h0 = FloatVector.fromArray(SPECIES, tile.state, row);
        FloatVector h1 = FloatVector.fromArray(SPECIES, tile.state, row + STRIDE);
        FloatVector h2 = FloatVector.fromArray(SPECIES, tile.state, row + 2 * STRIDE);
        FloatVector h3 = FloatVector.fromArray(SPECIES, tile.state, row + 3 * STRIDE);
        for (int step = 0; step < steps; step++) {
            int at = step * STRIDE + channel;
            int k = step * tile.states + state;
            int d = step * LANES;
            final FloatVector x = FloatVector.fromArray(SPECIES, tile.deltaU, at);
            FloatVector y = FloatVector.fromArray(SPECIES, tile.y, at);
            h0 = decayed(h0, decays, kept, d);
            h0 = accumulate(x, tile.b[k], h0);
            y = accumulate(h0, tile.c[k], y);
            h1 = decayed(h1, decays, kept, d + NEXT);
            h1 = accumulate(x, tile.b[k + 1], h1);
            y = accumulate(h1, tile.c[k + 1], y);
            h2 = decayed(h2, decays, kept, d + 2 * NEXT);
            h2 = accumulate(x, tile.b[k + 2], h2);
            y = accumulate(h2, tile.c[k + 2], y);
            h3 = decayed(h3, decays, kept, d + 3 * NEXT);
            h3 = accumulate(x, tile.b[k + 3], h3);
            y = accumulate(h3, tile.c[k + 3], y);
            y.intoArray(tile.y, at);
        }
    }

    private static void recomputeOne(ScanTile tile, int steps, int channel, int state) {
        FloatVector h = FloatVector.fromArray(SPECIES, tile.state, state * STRIDE + channel);
        for (int step = 0; step < steps; step++) {
            int at = step * STRIDE + channel;
            int k = step * tile.states + state;
            h = decayed(h, tile.decays, tile.kept, step * LANES);
            h = accumulate(FloatVector.fromArray(SPECIES, tile.deltaU, at), tile.b[k], h);
            accumulate(h, tile.c[k], FloatVector.fromArray(SPECIES, tile.y, at))
                    .intoArray(tile.y, at);
        }
    }

    private static FloatVector decayed(FloatVector h, float[] decays, float[] kept, int at) {
        FloatVector decayed = FloatVector.fromArray(SPECIES, decays, at).mul(h);
        decayed.intoArray(kept, at);
        return decayed;
    }

    /**
     * Time backwards for two states of a vector of channels, whose decays stand at {@code block} of
     * their block.
     */
    private static void reverseTwo(ScanTile tile, int steps, int channel, int state, int block) {
        float[] kept = tile.kept;
        float[] decays = tile.decays;
        int row = state * STRIDE + channel;
        final FloatVector a0 = FloatVector.fromArray(SPECIES, tile.decay, row);
        final FloatVector a1 = FloatVector.fromArray(SPECIES, tile.decay, row + STRIDE);
        FloatVector g0 = FloatVector.fromArray(SPECIES, tile.carry, row);
        FloatVector g1 = FloatVector.fromArray(SPECIES, tile.carry, row + STRIDE);
        FloatVector s0 = FloatVector.fromArray(SPECIES, tile.aGradient, row);
        FloatVector s1 = FloatVector.fromArray(SPECIES, tile.aGradient, row + STRIDE);
        for (int step = steps - 1; step >= 0; step--) {
            int at = step * STRIDE + channel;
            int k = step * tile.states + state;
            int d = block * NEXT + step * LANES;
            final FloatVector delta = FloatVector.fromArray(SPECIES, tile.delta, at);
            final FloatVector x = FloatVector.fromArray(SPECIES, tile.deltaU, at);
            final FloatVector dy = FloatVector.fromArray(SPECIES, tile.yGradient, at);
            FloatVector dx = FloatVector.fromArray(SPECIES, tile.deltaUGradient, at);
            FloatVector dd = FloatVector.fromArray(SPECIES, tile.decayGradient, at);

            g0 = accumulate(dy, tile.c[k], g0);
            FloatVector p = FloatVector.fromArray(SPECIES, kept, d);
            addTokens(tile, k, g0, p, x, dy);
            dx = accumulate(g0, tile.b[k], dx);
            p = p.mul(g0);
            dd = p.fma(a0, dd);
            s0 = p.fma(delta, s0);
            g0 = g0.mul(FloatVector.fromArray(SPECIES, decays, d));

            g1 = accumulate(dy, tile.c[k + 1], g1);
            p = FloatVector.fromArray(SPECIES, kept, d + NEXT);
            addTokens(tile, k + 1, g1, p, x, dy);
            dx = accumulate(g1, tile.b[k + 1], dx);
            p = p.mul(g1);
            dd = p.fma(a1, dd);
            s1 = p.fma(delta, s1);
            g1 = g1.mul(FloatVector.fromArray(SPECIES, decays, d + NEXT));

            dx.intoArray(tile.deltaUGradient, at);
            dd.intoArray(tile.decayGradient, at);
        }
        g0.intoArray(tile.carry, row);
        g1.intoArray(tile.carry, row + STRIDE);
        s0.intoArray(tile.aGradient, row);
        s1.intoArray(tile.aGradient, row + STRIDE);
    }

    private static void reverseOne(ScanTile tile, int steps, int channel, int state) {
        int row = state * STRIDE + channel;
        final FloatVector a = FloatVector.fromArray(SPECIES, tile.decay, row);
        FloatVector g = FloatVector.fromArray(SPECIES, tile.carry, row);
        FloatVector s = FloatVector.fromArray(SPECIES, tile.aGradient, row);
        for (int step = steps - 1; step >= 0; step--) {
            int at = step * STRIDE + channel;
            int k = step * tile.states + state;
            final FloatVector delta = FloatVector.fromArray(SPECIES, tile.delta, at);
            final FloatVector x = FloatVector.fromArray(SPECIES, tile.deltaU, at);
            final FloatVector dy = FloatVector.fromArray(SPECIES, tile.yGradient, at);
            final FloatVector dx = FloatVector.fromArray(SPECIES, tile.deltaUGradient, at);
            final FloatVector dd = FloatVector.fromArray(SPECIES, tile.decayGradient, at);
            g = accumulate(dy, tile.c[k], g);
            FloatVector p = FloatVector.fromArray(SPECIES, tile.kept, step * LANES);
            addTokens(tile, k, g, p, x, dy);
            accumulate(g, tile.b[k], dx).intoArray(tile.deltaUGradient, at);
            p = p.mul(g);
            p.fma(a, dd).intoArray(tile.decayGradient, at);
            s = p.fma(delta, s);
            g = g.mul(FloatVector.fromArray(SPECIES, tile.decays, step * LANES));
        }
        g.intoArray(tile.carry, row);
        s.intoArray(tile.aGradient, row);
    }

    /** dB += g·delta·u and dC += h·dy, a sum for each lane; h = p + delta·B·u. */
    private static void addTokens(
            ScanTile tile, int k, FloatVector g, FloatVector p, FloatVector x, FloatVector dy) {
        int lanes = k * LANES;
        g.fma(x, FloatVector.fromArray(SPECIES, tile.bLanes, lanes)).intoArray(tile.bLanes, lanes);
        accumulate(x, tile.b[k], p)
                .fma(dy, FloatVector.fromArray(SPECIES, tile.cLanes, lanes))
                .intoArray(tile.cLanes, lanes);
    }

    private static FloatVector accumulate(FloatVector x, float factor, FloatVector sum) {
        return x.fma(FloatVector.broadcast(SPECIES, factor), sum);
    }
}
