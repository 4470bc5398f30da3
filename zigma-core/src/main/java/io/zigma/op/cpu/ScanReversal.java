package io.zigma.op.cpu;

import static io.zigma.op.cpu.ScanTile.STRIDE;
import static io.zigma.op.cpu.VectorMath.LANES;
import static io.zigma.op.cpu.VectorMath.SPECIES;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * The pass of the backward scan that runs through time: the states of a chunk are recomputed, then
 * time runs backwards for the gradients of delta·u, delta·A, A, B and C.
 */
final class ScanReversal {

    // from one state to the next in a tile's decays
    private static final int NEXT = ScanTile.STEPS * LANES;

    private ScanReversal() {}

    static void recur(ScanTile tile, int steps) {
        int sums = steps * tile.states * LANES;
        Arrays.fill(tile.gradients.bLanes, 0, sums, 0f);
        Arrays.fill(tile.gradients.cLanes, 0, sums, 0f);
        Arrays.fill(tile.gradients.power, 0f);
        Arrays.fill(tile.gradients.deltaU, 0f);
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

    /** Stores exp(delta·A)·h of every step, and adds C·h to y. */
    private static void recomputeFour(ScanTile tile, int steps, int channel, int state) {
        float[] decayedStates = tile.decayedStates;
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
            h0 = decayed(h0, decays, decayedStates, d);
            h0 = accumulate(x, tile.in.b()[k], h0);
            y = accumulate(h0, tile.in.c()[k], y);
            h1 = decayed(h1, decays, decayedStates, d + NEXT);
            h1 = accumulate(x, tile.in.b()[k + 1], h1);
            y = accumulate(h1, tile.in.c()[k + 1], y);
            h2 = decayed(h2, decays, decayedStates, d + 2 * NEXT);
            h2 = accumulate(x, tile.in.b()[k + 2], h2);
            y = accumulate(h2, tile.in.c()[k + 2], y);
            h3 = decayed(h3, decays, decayedStates, d + 3 * NEXT);
            h3 = accumulate(x, tile.in.b()[k + 3], h3);
            y = accumulate(h3, tile.in.c()[k + 3], y);
            y.intoArray(tile.y, at);
        }
    }

    private static void recomputeOne(ScanTile tile, int steps, int channel, int state) {
        FloatVector h = FloatVector.fromArray(SPECIES, tile.state, state * STRIDE + channel);
        for (int step = 0; step < steps; step++) {
            int at = step * STRIDE + channel;
            int k = step * tile.states + state;
            h = decayed(h, tile.decays, tile.decayedStates, step * LANES);
            h = accumulate(FloatVector.fromArray(SPECIES, tile.deltaU, at), tile.in.b()[k], h);
            accumulate(h, tile.in.c()[k], FloatVector.fromArray(SPECIES, tile.y, at))
                    .intoArray(tile.y, at);
        }
    }

    private static FloatVector decayed(
            FloatVector h, float[] decays, float[] decayedStates, int at) {
        FloatVector decayed = FloatVector.fromArray(SPECIES, decays, at).mul(h);
        decayed.intoArray(decayedStates, at);
        return decayed;
    }

    /**
     * Time backwards for two states of a vector of channels, whose decays begin at {@code block} of
     * their block.
     */
    private static void reverseTwo(ScanTile tile, int steps, int channel, int state, int block) {
        float[] decayedStates = tile.decayedStates;
        float[] decays = tile.decays;
        int row = state * STRIDE + channel;
        final FloatVector a0 = FloatVector.fromArray(SPECIES, tile.aScaled, row);
        final FloatVector a1 = FloatVector.fromArray(SPECIES, tile.aScaled, row + STRIDE);
        FloatVector g0 = FloatVector.fromArray(SPECIES, tile.gradients.carry, row);
        FloatVector g1 = FloatVector.fromArray(SPECIES, tile.gradients.carry, row + STRIDE);
        FloatVector s0 = FloatVector.fromArray(SPECIES, tile.gradients.a, row);
        FloatVector s1 = FloatVector.fromArray(SPECIES, tile.gradients.a, row + STRIDE);
        for (int step = steps - 1; step >= 0; step--) {
            int at = step * STRIDE + channel;
            int k = step * tile.states + state;
            int d = block * NEXT + step * LANES;
            final FloatVector delta = FloatVector.fromArray(SPECIES, tile.delta, at);
            final FloatVector x = FloatVector.fromArray(SPECIES, tile.deltaU, at);
            final FloatVector dy = FloatVector.fromArray(SPECIES, tile.gradients.y, at);
            FloatVector dx = FloatVector.fromArray(SPECIES, tile.gradients.deltaU, at);
            FloatVector dd = FloatVector.fromArray(SPECIES, tile.gradients.power, at);

            g0 = accumulate(dy, tile.in.c()[k], g0);
            FloatVector p = FloatVector.fromArray(SPECIES, decayedStates, d);
            addTokens(tile, k, g0, p, x, dy);
            dx = accumulate(g0, tile.in.b()[k], dx);
            p = p.mul(g0);
            dd = p.fma(a0, dd);
            s0 = p.fma(delta, s0);
            g0 = g0.mul(FloatVector.fromArray(SPECIES, decays, d));

            g1 = accumulate(dy, tile.in.c()[k + 1], g1);
            p = FloatVector.fromArray(SPECIES, decayedStates, d + NEXT);
            addTokens(tile, k + 1, g1, p, x, dy);
            dx = accumulate(g1, tile.in.b()[k + 1], dx);
            p = p.mul(g1);
            dd = p.fma(a1, dd);
            s1 = p.fma(delta, s1);
            g1 = g1.mul(FloatVector.fromArray(SPECIES, decays, d + NEXT));

            dx.intoArray(tile.gradients.deltaU, at);
            dd.intoArray(tile.gradients.power, at);
        }
        g0.intoArray(tile.gradients.carry, row);
        g1.intoArray(tile.gradients.carry, row + STRIDE);
        s0.intoArray(tile.gradients.a, row);
        s1.intoArray(tile.gradients.a, row + STRIDE);
    }

    private static void reverseOne(ScanTile tile, int steps, int channel, int state) {
        int row = state * STRIDE + channel;
        final FloatVector a = FloatVector.fromArray(SPECIES, tile.aScaled, row);
        FloatVector g = FloatVector.fromArray(SPECIES, tile.gradients.carry, row);
        FloatVector s = FloatVector.fromArray(SPECIES, tile.gradients.a, row);
        for (int step = steps - 1; step >= 0; step--) {
            int at = step * STRIDE + channel;
            int k = step * tile.states + state;
            final FloatVector delta = FloatVector.fromArray(SPECIES, tile.delta, at);
            final FloatVector x = FloatVector.fromArray(SPECIES, tile.deltaU, at);
            final FloatVector dy = FloatVector.fromArray(SPECIES, tile.gradients.y, at);
            final FloatVector dx = FloatVector.fromArray(SPECIES, tile.gradients.deltaU, at);
            final FloatVector dd = FloatVector.fromArray(SPECIES, tile.gradients.power, at);
            g = accumulate(dy, tile.in.c()[k], g);
            FloatVector p = FloatVector.fromArray(SPECIES, tile.decayedStates, step * LANES);
            addTokens(tile, k, g, p, x, dy);
            accumulate(g, tile.in.b()[k], dx).intoArray(tile.gradients.deltaU, at);
            p = p.mul(g);
            p.fma(a, dd).intoArray(tile.gradients.power, at);
            s = p.fma(delta, s);
            g = g.mul(FloatVector.fromArray(SPECIES, tile.decays, step * LANES));
        }
        g.intoArray(tile.gradients.carry, row);
        s.intoArray(tile.gradients.a, row);
    }

    /** dB += g·delta·u and dC += h·dy, a sum for each lane; h = p + delta·B·u. */
    private static void addTokens(
            ScanTile tile, int k, FloatVector g, FloatVector p, FloatVector x, FloatVector dy) {
        int lanes = k * LANES;
        g.fma(x, FloatVector.fromArray(SPECIES, tile.gradients.bLanes, lanes))
                .intoArray(tile.gradients.bLanes, lanes);
        accumulate(x, tile.in.b()[k], p)
                .fma(dy, FloatVector.fromArray(SPECIES, tile.gradients.cLanes, lanes))
                .intoArray(tile.gradients.cLanes, lanes);
    }

    private static FloatVector accumulate(FloatVector x, float factor, FloatVector sum) {
        return x.fma(FloatVector.broadcast(SPECIES, factor), sum);
    }
}
