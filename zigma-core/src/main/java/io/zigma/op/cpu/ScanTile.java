package io.zigma.op.cpu;

import static io.zigma.op.cpu.VectorMath.LANES;
import static io.zigma.op.cpu.VectorMath.SPECIES;

import java.nio.FloatBuffer;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/**
 * One thread's scratch for {@link #CHANNELS} channels × {@link #STEPS} steps of a scan.
 *
 * <p>Rows are steps (or states), one float a channel. Channels beyond the tile's width are zero in
 * every input, which makes them vanish from every sum.
 */
final class ScanTile {

    /** Channels of a tile. */
    static final int CHANNELS = 256;

    /** States that are worked on together; as many fit into the registers. */
    static final int BLOCK = 4;

    /** Steps of a chunk, and the distance of saved states. */
    static final int STEPS = 32;

    /**
     * Distance of rows: one vector more than the channels, so that rows fall on different cache
     * sets.
     */
    static final int STRIDE = CHANNELS + LANES;

    private static final ThreadLocal<@Nullable ScanTile> OWN = new ThreadLocal<>();

    final ScanInputs in;
    final ScanGradients gradients;
    // computed values, by step
    final float[] delta = rows(STEPS); // after bias and softplus
    final float[] softplusDerivative = rows(STEPS); // of softplus
    final float[] deltaU = rows(STEPS);
    final float[] y = rows(STEPS);
    final float[] gatedY = y; // overwrites it at the end of the forward scan
    // by channel
    final float[] d = rows(1); // D
    final float[] bias = rows(1);
    // by state
    final float[] aScaled; // −A·log2(e): exp(delta·A) is 2 to the power −delta·aScaled
    final float[] state;
    // some states of one vector of channels, by state and step
    final float[] decays = new float[BLOCK * STEPS * LANES];
    final float[] decayedStates = new float[BLOCK * STEPS * LANES];
    // what a token selects, and delta of a chunk before it is projected
    float[] selection = new float[0];
    float[] low = new float[0];
    // B and C of a whole sequence
    float[] bTokens = new float[0];
    float[] cTokens = new float[0];

    final int states;
    int width;
    int vectors;
    boolean growing; // whether delta·A can be above zero

    private ScanTile(int states) {
        this.states = states;
        in = ScanInputs.of(states);
        gradients = new ScanGradients(states);
        aScaled = rows(states);
        state = rows(states);
    }

    /**
     * Returns the calling thread's scratch, cleared for a tile of some width.
     *
     * @param states N
     * @param width channels of this tile, 1 … {@link #CHANNELS}
     */
    static ScanTile of(int states, int width) {
        ScanTile tile = OWN.get();
        if (tile == null || tile.states != states) {
            tile = new ScanTile(states);
            OWN.set(tile);
        }
        tile.width = width;
        tile.vectors = (width + LANES - 1) / LANES;
        tile.clearBeyondWidth(tile.in.u(), STEPS);
        tile.clearBeyondWidth(tile.in.deltaRaw(), STEPS);
        tile.clearBeyondWidth(tile.in.gate(), STEPS);
        tile.clearBeyondWidth(tile.gradients.gatedY, STEPS);
        tile.clearBeyondWidth(tile.state, states);
        tile.clearBeyondWidth(tile.aScaled, states);
        return tile;
    }

    private static float[] rows(int count) {
        return new float[count * STRIDE];
    }

    private void clearBeyondWidth(float[] rows, int count) {
        for (int row = 0; row < count; row++) {
            Arrays.fill(rows, row * STRIDE + width, (row + 1) * STRIDE, 0f);
        }
    }

    /** Reads A, D and bias of the tile's channels; an absent one is zero. */
    void loadParameters(float[] a, float @Nullable [] ds, float @Nullable [] biases, int first) {
        for (int channel = 0; channel < width; channel++) {
            for (int n = 0; n < states; n++) {
                aScaled[n * STRIDE + channel] =
                        -a[(first + channel) * states + n] * VectorMath.LOG2_E;
            }
        }
        loadRow(ds, first, d);
        loadRow(biases, first, bias);
    }

    private void loadRow(float @Nullable [] from, int first, float[] to) {
        Arrays.fill(to, 0f);
        if (from != null) {
            System.arraycopy(from, first, to, 0, width);
        }
    }

    /** Has room for rows of what tokens select, and for the R numbers that give delta. */
    void makeRoomForSelection(int dtRank, int rowSize) {
        if (selection.length != rowSize || low.length != STEPS * dtRank) {
            selection = new float[rowSize];
            low = new float[STEPS * dtRank];
        }
    }

    /** Reads B and C of all tokens of one sequence. */
    void loadTokens(FloatBuffer bs, FloatBuffer cs, int sequence, int length) {
        int size = length * states;
        if (bTokens.length < size) {
            bTokens = new float[size];
            cTokens = new float[size];
        }
        bs.get(sequence * size, bTokens, 0, size);
        cs.get(sequence * size, cTokens, 0, size);
    }

    /** Brings B and C of one chunk into the order of the steps. */
    void orderTokens(int[] order, int start, int steps) {
        for (int step = 0; step < steps; step++) {
            int token = order[start + step] * states;
            System.arraycopy(bTokens, token, in.b(), step * states, states);
            System.arraycopy(cTokens, token, in.c(), step * states, states);
        }
    }

    /** Reads the tile's channels of the tokens of one chunk. */
    void gather(FloatBuffer from, float[] to, int[] positions, int start, int steps) {
        for (int step = 0; step < steps; step++) {
            from.get(positions[start + step], to, step * STRIDE, width);
        }
    }

    /** Writes the tile's channels of the tokens of one chunk. */
    void scatter(float[] from, FloatBuffer to, int[] positions, int start, int steps) {
        for (int step = 0; step < steps; step++) {
            to.put(positions[start + step], from, step * STRIDE, width);
        }
    }

    /** delta before softplus. */
    FloatVector biasedDelta(int at, int channel) {
        return FloatVector.fromArray(SPECIES, in.deltaRaw(), at)
                .add(FloatVector.fromArray(SPECIES, bias, channel));
    }

    /** delta = delta + bias. */
    static void addBias(ScanTile tile, int steps) {
        for (int step = 0; step < steps; step++) {
            for (int channel = 0; channel < tile.vectors * LANES; channel += LANES) {
                int at = step * STRIDE + channel;
                tile.biasedDelta(at, channel).intoArray(tile.delta, at);
            }
        }
    }

    /** delta = softplus(delta + bias). */
    static void applySoftplus(ScanTile tile, int steps) {
        for (int step = 0; step < steps; step++) {
            for (int channel = 0; channel < tile.vectors * LANES; channel += LANES) {
                int at = step * STRIDE + channel;
                VectorMath.softplus(tile.biasedDelta(at, channel)).intoArray(tile.delta, at);
            }
        }
    }

    /** What the recurrence takes from each token, delta·u, and what skips it. */
    static void discretise(ScanTile tile, int steps) {
        for (int step = 0; step < steps; step++) {
            for (int channel = 0; channel < tile.vectors * LANES; channel += LANES) {
                int at = step * STRIDE + channel;
                FloatVector u = FloatVector.fromArray(SPECIES, tile.in.u(), at);
                u.mul(FloatVector.fromArray(SPECIES, tile.delta, at)).intoArray(tile.deltaU, at);
                u.mul(FloatVector.fromArray(SPECIES, tile.d, channel)).intoArray(tile.y, at);
            }
        }
    }

    /**
     * Computes exp(delta·A) for some states of one vector of channels, into {@link #decays}.
     *
     * <p>This is separate from the recurrence because the compiler stops inlining at a certain
     * size, and vectors that go through calls are boxed.
     */
    void fillDecays(int steps, int channel, int firstState, int count) {
        for (int n = 0; n < count; n++) {
            FloatVector a =
                    FloatVector.fromArray(SPECIES, aScaled, (firstState + n) * STRIDE + channel);
            int to = n * STEPS * LANES;
            if (growing) {
                Decay.fillGrowing(a, delta, channel, STRIDE, decays, to, steps);
            } else {
                Decay.fill(a, delta, channel, STRIDE, decays, to, steps);
            }
        }
    }

    /** Saves or restores the states between chunks, (B, chunks − 1, N, E). */
    void saveState(FloatBuffer checkpoints, int position, int channels) {
        for (int n = 0; n < states; n++) {
            checkpoints.put(position + n * channels, state, n * STRIDE, width);
        }
    }

    void restoreState(FloatBuffer checkpoints, int position, int channels) {
        for (int n = 0; n < states; n++) {
            checkpoints.get(position + n * channels, state, n * STRIDE, width);
        }
    }
}
