package io.zigma.op.cpu;

import static io.zigma.op.cpu.ScanTile.STRIDE;
import static io.zigma.op.cpu.VectorMath.LANES;

import java.nio.FloatBuffer;

/**
 * What the backward scan sums over channels, sequences and time: taken tile by tile into separate
 * buffers, and added up in the order of tiles and sequences, whatever thread did the work.
 */
final class ScanSums {

    private final ScanShape shape;
    // a sum for each tile: (tiles, B, L, N)
    private final float[] bParts;
    private final float[] cParts;
    // a sum for each sequence: (B, N, E), (B, E), (B, E)
    private final float[] aParts;
    private final float[] dParts;
    private final float[] biasParts;

    ScanSums(ScanShape shape) {
        this.shape = shape;
        bParts = new float[shape.tiles() * shape.tokenSize()];
        cParts = new float[shape.tiles() * shape.tokenSize()];
        aParts = new float[shape.batch() * shape.states() * shape.channels()];
        dParts = new float[shape.batch() * shape.channels()];
        biasParts = new float[shape.batch() * shape.channels()];
    }

    /**
     * Adds the lanes of dB and dC and puts them at their tokens. Lane by lane, because the order of
     * {@code reduceLanes} is not specified and differs between interpreted and compiled code.
     */
    void saveTokens(ScanTile tile, int[] order, int sequence, int number, int start, int steps) {
        int part = (number * shape.batch() + sequence) * shape.length();
        int states = tile.states;
        for (int step = 0; step < steps; step++) {
            int to = (part + order[start + step]) * states;
            for (int n = 0; n < states; n++) {
                int lanes = (step * states + n) * LANES;
                float bSum = 0;
                float cSum = 0;
                for (int lane = 0; lane < LANES; lane++) {
                    bSum += tile.gradients.bLanes[lanes + lane];
                    cSum += tile.gradients.cLanes[lanes + lane];
                }
                bParts[to + n] = bSum;
                cParts[to + n] = cSum;
            }
        }
    }

    /** Puts the sums over the steps of a tile at their channels. */
    void saveParameters(ScanTile tile, int sequence, int first) {
        int channels = shape.channels();
        for (int n = 0; n < tile.states; n++) {
            System.arraycopy(
                    tile.gradients.a,
                    n * STRIDE,
                    aParts,
                    (sequence * tile.states + n) * channels + first,
                    tile.width);
        }
        int at = sequence * channels + first;
        System.arraycopy(tile.gradients.d, 0, dParts, at, tile.width);
        System.arraycopy(tile.gradients.bias, 0, biasParts, at, tile.width);
    }

    /** Adds all parts up, into the gradients of what they belong to. */
    void addUp(ScanArrays out) {
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
        FloatBuffer dGradient = out.d();
        if (dGradient != null) {
            dGradient.put(0, Parts.sum(dParts, channels), 0, channels);
        }
        FloatBuffer biasGradient = out.dtBias();
        if (biasGradient != null) {
            biasGradient.put(0, Parts.sum(biasParts, channels), 0, channels);
        }
    }
}
