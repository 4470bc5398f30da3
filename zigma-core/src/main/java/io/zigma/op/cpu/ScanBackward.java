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
 * Gradients of the selective scan with respect to all its operands.
 *
 * <p>Chunks are visited from the last to the first. The states of a chunk are worked out again from
 * the state that the forward scan saved before it; then time runs backwards, where g, the gradient
 * of the state, obeys g ← exp(delta·A)·(g + C·dy). Sums over channels, sequences and time are taken
 * tile by tile into places of their own and added up in the order of tiles and sequences, whatever
 * thread did the work.
 */
public final class ScanBackward {

    // from one state to the next in a tile's decays
    private static final int NEXT = ScanTile.STEPS * LANES;

    private final ScanShape shape;
    private final int[] order;
    private final ScanArrays in;
    private final FloatBuffer checkpoints;
    private final FloatBuffer yGradient;
    private final ScanArrays out;
    private final float[] a;
    private final float @Nullable [] skip;
    private final float @Nullable [] bias;
    private final List<TilePass> passes = new ArrayList<>();
    // a sum for each tile: (tiles, B, L, N)
    private final float[] bParts;
    private final float[] cParts;
    // a sum for each sequence: (B, N, E), (B, E), (B, E)
    private final float[] aParts;
    private final float[] skipParts;
    private final float[] biasParts;

    private ScanBackward(
            ScanShape shape,
            int[] order,
            boolean softplus,
            ScanArrays in,
            FloatBuffer checkpoints,
            FloatBuffer yGradient,
            ScanArrays out) {
        this.shape = shape;
        this.order = order;
        this.in = in;
        this.checkpoints = checkpoints;
        this.yGradient = yGradient;
        this.out = out;
        this.a = Parameters.copy(in.a(), shape.channels() * shape.states());
        this.skip = Parameters.copyIfPresent(in.skip(), shape.channels());
        this.bias = Parameters.copyIfPresent(in.deltaBias(), shape.channels());
        passes.add(ScanTile::addBias);
        if (softplus) {
            passes.add(ScanBackward::differentiateSoftplus);
            passes.add(ScanTile::applySoftplus);
        }
        passes.add(ScanTile::discretise);
        if (in.gate() != null) {
            passes.add(ScanBackward::differentiateGate);
        }
        passes.add(ScanBackward::recur);
        passes.add(ScanBackward::finish);
        if (softplus) {
            passes.add(ScanBackward::finishSoftplus);
        }
        passes.add(ScanBackward::addParameters);
        if (in.gate() != null) {
            passes.add(ScanBackward::finishGate);
        }
        this.bParts = new float[shape.tiles() * shape.tokenSize()];
        this.cParts = new float[shape.tiles() * shape.tokenSize()];
        this.aParts = new float[shape.batch() * shape.states() * shape.channels()];
        this.skipParts = new float[shape.batch() * shape.channels()];
        this.biasParts = new float[shape.batch() * shape.channels()];
    }

    /**
     * Works out all gradients.
     *
     * @param shape sizes
     * @param order the token visited at each step, a permutation of 0 … L − 1
     * @param softplus whether delta went through softplus
     * @param in operands of the forward scan
     * @param checkpoints what the forward scan saved
     * @param yGradient gradient of the result (B, L, E)
     * @param out receives the gradients; null where {@code in} has null
     * @param threads how many threads may work; the result does not depend on it
     */
    public static void run(
            ScanShape shape,
            int[] order,
            boolean softplus,
            ScanArrays in,
            FloatBuffer checkpoints,
            FloatBuffer yGradient,
            ScanArrays out,
            int threads) {
        ScanBackward scan =
                new ScanBackward(shape, order, softplus, in, checkpoints, yGradient, out);
        int tiles = shape.tiles();
        Workers.run(shape.batch() * tiles, threads, task -> scan.tile(task / tiles, task % tiles));
        scan.addUp();
    }

    private void tile(int sequence, int number) {
        int first = number * ScanTile.CHANNELS;
        int channels = shape.channels();
        ScanTile tile = ScanTile.of(shape.states(), Math.min(ScanTile.CHANNELS, channels - first));
        tile.loadParameters(a, skip, bias, first);
        tile.loadTokens(in.b(), in.c(), sequence, shape.length());
        int[] positions = Parameters.positions(order, sequence, channels, first);
        Arrays.fill(tile.carry, 0f);
        Arrays.fill(tile.aGradient, 0f);
        Arrays.fill(tile.skipGradient, 0f);
        Arrays.fill(tile.biasGradient, 0f);
        for (int chunk = shape.chunks() - 1; chunk >= 0; chunk--) {
            int start = chunk * ScanTile.STEPS;
            int steps = Math.min(ScanTile.STEPS, shape.length() - start);
            restoreState(tile, sequence, chunk, first);
            chunk(tile, positions, start, steps);
            int part = (number * shape.batch() + sequence) * shape.length();
            scatterTokens(tile, part, start, steps);
        }
        saveSums(tile, sequence, first);
    }

    private void restoreState(ScanTile tile, int sequence, int chunk, int first) {
        if (chunk == 0) {
            Arrays.fill(tile.state, 0f);
        } else {
            int saved = sequence * (shape.chunks() - 1) + chunk - 1;
            tile.restoreState(
                    checkpoints,
                    saved * shape.states() * shape.channels() + first,
                    shape.channels());
        }
    }

    private void chunk(ScanTile tile, int[] positions, int start, int steps) {
        FloatBuffer gate = in.gate();
        tile.gather(in.u(), tile.u, positions, start, steps);
        tile.gather(in.delta(), tile.deltaRaw, positions, start, steps);
        tile.gather(yGradient, tile.yGradient, positions, start, steps);
        tile.orderTokens(order, start, steps);
        if (gate != null) {
            tile.gather(gate, tile.gate, positions, start, steps);
        }
        for (TilePass pass : passes) {
            pass.run(tile, steps);
        }
        tile.scatter(tile.deltaUGradient, out.u(), positions, start, steps);
        tile.scatter(tile.decayGradient, out.delta(), positions, start, steps);
        FloatBuffer gateGradient = out.gate();
        if (gateGradient != null) {
            tile.scatter(tile.gateGradient, gateGradient, positions, start, steps);
        }
    }

    private static void differentiateSoftplus(ScanTile tile, int steps) {
        for (int step = 0; step < steps; step++) {
            for (int channel = 0; channel < tile.vectors * LANES; channel += LANES) {
                int at = step * STRIDE + channel;
                VectorMath.sigmoid(FloatVector.fromArray(SPECIES, tile.delta, at))
                        .intoArray(tile.slope, at);
            }
        }
    }

    /** Gradients before the gate, and of the gate but for the factor y, which is not known yet. */
    private static void differentiateGate(ScanTile tile, int steps) {
        for (int step = 0; step < steps; step++) {
            for (int channel = 0; channel < tile.vectors * LANES; channel += LANES) {
                int at = step * STRIDE + channel;
                FloatVector z = FloatVector.fromArray(SPECIES, tile.gate, at);
                FloatVector gradient = FloatVector.fromArray(SPECIES, tile.yGradient, at);
                FloatVector sigmoid = VectorMath.sigmoid(z);
                FloatVector silu = z.mul(sigmoid);
                // silu'(z) = s + z·s·(1 − s)
                gradient.mul(sigmoid.add(silu).sub(silu.mul(sigmoid)))
                        .intoArray(tile.gateGradient, at);
                gradient.mul(silu).intoArray(tile.yGradient, at);
            }
        }
    }

    private static void recur(ScanTile tile, int steps) {
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

    /** From the gradients of delta·u, of delta·A and of y to those of u and delta. */
    private static void finish(ScanTile tile, int steps) {
        for (int channel = 0; channel < tile.vectors * LANES; channel += LANES) {
            FloatVector skip = FloatVector.fromArray(SPECIES, tile.skip, channel);
            for (int step = 0; step < steps; step++) {
                int at = step * STRIDE + channel;
                FloatVector dy = FloatVector.fromArray(SPECIES, tile.yGradient, at);
                FloatVector dx = FloatVector.fromArray(SPECIES, tile.deltaUGradient, at);
                // decay holds −A·log2(e), so this sum lacks the factor −ln(2)
                FloatVector dd =
                        FloatVector.fromArray(SPECIES, tile.decayGradient, at)
                                .mul(-VectorMath.LN_2);
                dx.fma(FloatVector.fromArray(SPECIES, tile.u, at), dd)
                        .intoArray(tile.decayGradient, at);
                dx.fma(FloatVector.fromArray(SPECIES, tile.delta, at), dy.mul(skip))
                        .intoArray(tile.deltaUGradient, at);
            }
        }
    }

    private static void finishSoftplus(ScanTile tile, int steps) {
        for (int step = 0; step < steps; step++) {
            for (int channel = 0; channel < tile.vectors * LANES; channel += LANES) {
                int at = step * STRIDE + channel;
                FloatVector.fromArray(SPECIES, tile.decayGradient, at)
                        .mul(FloatVector.fromArray(SPECIES, tile.slope, at))
                        .intoArray(tile.decayGradient, at);
            }
        }
    }

    private static void finishGate(ScanTile tile, int steps) {
        for (int step = 0; step < steps; step++) {
            for (int channel = 0; channel < tile.vectors * LANES; channel += LANES) {
                int at = step * STRIDE + channel;
                FloatVector.fromArray(SPECIES, tile.gateGradient, at)
                        .mul(FloatVector.fromArray(SPECIES, tile.y, at))
                        .intoArray(tile.gateGradient, at);
            }
        }
    }

    private static void addParameters(ScanTile tile, int steps) {
        for (int channel = 0; channel < tile.vectors * LANES; channel += LANES) {
            FloatVector skipSum = FloatVector.fromArray(SPECIES, tile.skipGradient, channel);
            FloatVector biasSum = FloatVector.fromArray(SPECIES, tile.biasGradient, channel);
            for (int step = steps - 1; step >= 0; step--) {
                int at = step * STRIDE + channel;
                biasSum = biasSum.add(FloatVector.fromArray(SPECIES, tile.decayGradient, at));
                skipSum =
                        FloatVector.fromArray(SPECIES, tile.yGradient, at)
                                .fma(FloatVector.fromArray(SPECIES, tile.u, at), skipSum);
            }
            skipSum.intoArray(tile.skipGradient, channel);
            biasSum.intoArray(tile.biasGradient, channel);
        }
    }

    /**
     * Adds the lanes of dB and dC and puts them at their tokens. Lane by lane, because the order of
     * {@code reduceLanes} is not specified and differs between interpreted and compiled code.
     */
    private void scatterTokens(ScanTile tile, int part, int start, int steps) {
        int states = tile.states;
        for (int step = 0; step < steps; step++) {
            int to = (part + order[start + step]) * states;
            for (int n = 0; n < states; n++) {
                int lanes = (step * states + n) * LANES;
                float bSum = 0;
                float cSum = 0;
                for (int lane = 0; lane < LANES; lane++) {
                    bSum += tile.bLanes[lanes + lane];
                    cSum += tile.cLanes[lanes + lane];
                }
                bParts[to + n] = bSum;
                cParts[to + n] = cSum;
            }
        }
    }

    private void saveSums(ScanTile tile, int sequence, int first) {
        int channels = shape.channels();
        for (int n = 0; n < tile.states; n++) {
            System.arraycopy(
                    tile.aGradient,
                    n * STRIDE,
                    aParts,
                    (sequence * tile.states + n) * channels + first,
                    tile.width);
        }
        int at = sequence * channels + first;
        System.arraycopy(tile.skipGradient, 0, skipParts, at, tile.width);
        System.arraycopy(tile.biasGradient, 0, biasParts, at, tile.width);
    }

    private void addUp() {
        out.b().put(0, Parts.sum(bParts, shape.tokenSize()), 0, shape.tokenSize());
        out.c().put(0, Parts.sum(cParts, shape.tokenSize()), 0, shape.tokenSize());
        int channels = shape.channels();
        int states = shape.states();
        float[] sum = Parts.sum(aParts, states * channels); // (N, E)
        float[] transposed = new float[states * channels]; // (E, N)
        for (int channel = 0; channel < channels; channel++) {
            for (int n = 0; n < states; n++) {
                transposed[channel * states + n] = sum[n * channels + channel];
            }
        }
        out.a().put(0, transposed, 0, transposed.length);
        FloatBuffer skipGradient = out.skip();
        if (skipGradient != null) {
            skipGradient.put(0, Parts.sum(skipParts, channels), 0, channels);
        }
        FloatBuffer biasGradient = out.deltaBias();
        if (biasGradient != null) {
            biasGradient.put(0, Parts.sum(biasParts, channels), 0, channels);
        }
    }
}
