package io.zigma.op.cpu;

import static io.zigma.op.cpu.ScanTile.STRIDE;
import static io.zigma.op.cpu.VectorMath.LANES;
import static io.zigma.op.cpu.VectorMath.SPECIES;

import java.nio.FloatBuffer;
import jdk.incubator.vector.FloatVector;

/**
 * delta, B and C as one projection of the token gives them, (B, L, R + 2N): delta in R dimensions,
 * to be multiplied with W (E, R), then B, then C. The whole of delta is thus never in memory.
 */
final class ProjectedSteps implements StepSource {

    /** Steps whose sums stay in registers, for two vectors of channels. */
    private static final int BLOCK = 4;

    private final ScanShape shape;
    private final FloatBuffer dtBC;
    private final int dtRank;
    private final int rowSize; // R + 2N
    private final float[] dtProj; // (R, E rounded up to two vectors), zeros beyond E
    private final int stride;

    /**
     * Reads the weight of the time projection.
     *
     * @param shape sizes
     * @param selection the tokens' projection and W
     */
    ProjectedSteps(ScanShape shape, ScanSelection selection) {
        this.shape = shape;
        this.dtBC = selection.dtBC();
        this.dtRank = selection.dtRank();
        this.rowSize = dtRank + 2 * shape.states();
        int channels = shape.channels();
        // a tile may look at one vector of channels more than there are
        this.stride = (channels + 2 * LANES - 1) / (2 * LANES) * 2 * LANES;
        this.dtProj = new float[dtRank * stride];
        float[] rows = Parameters.copy(selection.dtProj(), channels * dtRank);
        for (int channel = 0; channel < channels; channel++) {
            for (int r = 0; r < dtRank; r++) {
                dtProj[r * stride + channel] = rows[channel * dtRank + r];
            }
        }
    }

    @Override
    public void begin(ScanTile tile, int sequence) {
        tile.makeRoomForSelection(dtRank, rowSize);
    }

    @Override
    public void read(ScanTile tile, int[] positions, int start, int steps) {
        int states = shape.states();
        int first = positions[start] % shape.channels();
        for (int step = 0; step < steps; step++) {
            int token = positions[start + step] / shape.channels();
            dtBC.get(token * rowSize, tile.selection, 0, rowSize);
            System.arraycopy(tile.selection, 0, tile.low, step * dtRank, dtRank);
            System.arraycopy(tile.selection, dtRank, tile.in.b(), step * states, states);
            System.arraycopy(tile.selection, dtRank + states, tile.in.c(), step * states, states);
        }
        for (int channel = 0; channel < tile.vectors * LANES; channel += 2 * LANES) {
            for (int step = 0; step < steps; step += BLOCK) {
                multiply(tile, first + channel, channel, step);
            }
        }
    }

    /** delta of four steps and two vectors of channels; rows behind the last step are not read. */
    private void multiply(ScanTile tile, int from, int to, int step) {
        float[] low = tile.low;
        int k = step * dtRank;
        FloatVector d00 = FloatVector.zero(SPECIES);
        FloatVector d01 = FloatVector.zero(SPECIES);
        FloatVector d10 = FloatVector.zero(SPECIES);
        FloatVector d11 = FloatVector.zero(SPECIES);
        FloatVector d20 = FloatVector.zero(SPECIES);
        FloatVector d21 = FloatVector.zero(SPECIES);
        FloatVector d30 = FloatVector.zero(SPECIES);
        FloatVector d31 = FloatVector.zero(SPECIES);
        for (int r = 0; r < dtRank; r++) {
            final FloatVector w0 = FloatVector.fromArray(SPECIES, dtProj, r * stride + from);
            final FloatVector w1 =
                    FloatVector.fromArray(SPECIES, dtProj, r * stride + from + LANES);
            FloatVector x = FloatVector.broadcast(SPECIES, low[k + r]);
            d00 = x.fma(w0, d00);
            d01 = x.fma(w1, d01);
            x = FloatVector.broadcast(SPECIES, low[k + dtRank + r]);
            d10 = x.fma(w0, d10);
            d11 = x.fma(w1, d11);
            x = FloatVector.broadcast(SPECIES, low[k + 2 * dtRank + r]);
            d20 = x.fma(w0, d20);
            d21 = x.fma(w1, d21);
            x = FloatVector.broadcast(SPECIES, low[k + 3 * dtRank + r]);
            d30 = x.fma(w0, d30);
            d31 = x.fma(w1, d31);
        }
        int at = step * STRIDE + to;
        d00.intoArray(tile.in.deltaRaw(), at);
        d01.intoArray(tile.in.deltaRaw(), at + LANES);
        d10.intoArray(tile.in.deltaRaw(), at + STRIDE);
        d11.intoArray(tile.in.deltaRaw(), at + STRIDE + LANES);
        d20.intoArray(tile.in.deltaRaw(), at + 2 * STRIDE);
        d21.intoArray(tile.in.deltaRaw(), at + 2 * STRIDE + LANES);
        d30.intoArray(tile.in.deltaRaw(), at + 3 * STRIDE);
        d31.intoArray(tile.in.deltaRaw(), at + 3 * STRIDE + LANES);
    }
}
