package io.zigma.op.cpu;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gradients of the selective scan with respect to all its operands.
 *
 * <p>Chunks are visited from the last to the first. The states of a chunk are recomputed from the
 * state that the forward scan saved before it; then time runs backwards, where g, the gradient of
 * the state, obeys g ← exp(delta·A)·(g + C·dy) ({@link ScanReversal}). {@link ScanElementwise}
 * holds what comes before and after, element by element.
 */
public final class ScanBackward {

    private final ScanShape shape;
    private final int[] order;
    private final ScanArrays in;
    private final FloatBuffer checkpoints;
    private final FloatBuffer yGradient;
    private final ScanArrays out;
    private final float[] a;
    private final float @Nullable [] d;
    private final float @Nullable [] bias;
    private final boolean growing;
    private final List<TilePass> passes = new ArrayList<>();
    private final ScanSums sums;

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
        this.d = Parameters.copyIfPresent(in.d(), shape.channels());
        this.bias = Parameters.copyIfPresent(in.dtBias(), shape.channels());
        this.growing = !softplus || Parameters.anyPositive(a);
        if (softplus) {
            passes.add(ScanElementwise::differentiateSoftplus);
        }
        passes.add(softplus ? ScanTile::applySoftplus : ScanTile::addBias);
        passes.add(ScanTile::discretise);
        if (in.gate() != null) {
            passes.add(ScanElementwise::differentiateGate);
        }
        passes.add(ScanReversal::recur);
        passes.add(ScanElementwise::finish);
        if (softplus) {
            passes.add(ScanElementwise::finishSoftplus);
        }
        passes.add(ScanElementwise::addParameters);
        if (in.gate() != null) {
            passes.add(ScanElementwise::finishGate);
        }
        this.sums = new ScanSums(shape);
    }

    /**
     * Computes all gradients.
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
        scan.sums.addUp(out);
    }

    private void tile(int sequence, int number) {
        int first = number * ScanTile.CHANNELS;
        int channels = shape.channels();
        ScanTile tile = ScanTile.of(shape.states(), Math.min(ScanTile.CHANNELS, channels - first));
        tile.loadParameters(a, d, bias, first);
        tile.growing = growing;
        tile.loadTokens(in.b(), in.c(), sequence, shape.length());
        int[] positions = Parameters.positions(order, sequence, channels, first);
        Arrays.fill(tile.gradients.carry, 0f);
        Arrays.fill(tile.gradients.a, 0f);
        Arrays.fill(tile.gradients.d, 0f);
        Arrays.fill(tile.gradients.bias, 0f);
        for (int chunk = shape.chunks() - 1; chunk >= 0; chunk--) {
            int start = chunk * ScanTile.STEPS;
            int steps = Math.min(ScanTile.STEPS, shape.length() - start);
            restoreState(tile, sequence, chunk, first);
            chunk(tile, positions, start, steps);
            sums.saveTokens(tile, order, sequence, number, start, steps);
        }
        sums.saveParameters(tile, sequence, first);
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
        tile.gather(in.u(), tile.in.u(), positions, start, steps);
        tile.gather(in.delta(), tile.in.deltaRaw(), positions, start, steps);
        tile.gather(yGradient, tile.gradients.gatedY, positions, start, steps);
        tile.orderTokens(order, start, steps);
        if (gate != null) {
            tile.gather(gate, tile.in.gate(), positions, start, steps);
        }
        for (TilePass pass : passes) {
            pass.run(tile, steps);
        }
        tile.scatter(tile.gradients.u, out.u(), positions, start, steps);
        tile.scatter(tile.gradients.deltaRaw, out.delta(), positions, start, steps);
        FloatBuffer gateGradient = out.gate();
        if (gateGradient != null) {
            tile.scatter(tile.gradients.gate, gateGradient, positions, start, steps);
        }
    }
}
