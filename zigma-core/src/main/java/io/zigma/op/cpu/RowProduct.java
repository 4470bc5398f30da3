package io.zigma.op.cpu;

import java.nio.FloatBuffer;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * The product of a few rows with a large matrix, y = x·Wᵀ + b, in which a row's result does not
 * depend on the other rows, on how many there are, on the threads or on the width of a vector.
 *
 * <p>A lane of a vector holds one row, so that all rows go through the same operations: for each
 * output, {@link #DEPTH} inputs at a time are summed in their order, each with one rounding (a
 * fused multiply-add), and these sums are added to the bias in their order. Reading W is what takes
 * the time, so idle lanes cost next to nothing.
 */
public final class RowProduct {

    /**
     * Vectors of 256 bits, if the processor has them: for the few rows there are, longer ones would
     * be half empty, and processors that cut them in two gain nothing by them either.
     */
    private static final VectorSpecies<Float> SPECIES =
            FloatVector.SPECIES_PREFERRED.length() > 8
                    ? FloatVector.SPECIES_256
                    : FloatVector.SPECIES_PREFERRED;

    private static final int LANES = SPECIES.length();

    /** How many inputs are summed before the sum is added to those before it. */
    static final int DEPTH = 128;

    /** How many sums are kept in registers: enough to hide how long an addition takes. */
    private static final int SUMS = 8;

    /** Outputs of a task; it must not depend on the threads. */
    private static final int PART = 64;

    /** With fewer multiply-adds of vectors, waking a thread takes longer than it saves. */
    private static final long WORTH_A_THREAD = 1 << 15;

    private final RowProductShape shape;
    private final FloatBuffer weight;
    private final @Nullable FloatBuffer bias;
    private final FloatBuffer y;
    private final int groups; // of as many rows as a vector has lanes
    private final float[] columns; // (groups, K, lanes)

    private RowProduct(
            RowProductShape shape,
            FloatBuffer x,
            FloatBuffer weight,
            @Nullable FloatBuffer bias,
            FloatBuffer y) {
        this.shape = shape;
        this.weight = weight;
        this.bias = bias;
        this.y = y;
        groups = (shape.rows() + LANES - 1) / LANES;
        columns = columns(shape, x, groups);
    }

    /**
     * Multiplies.
     *
     * @param shape sizes
     * @param x (M, K)
     * @param weight W (N, K)
     * @param bias b (N), or null for zeros
     * @param y receives the product (M, N)
     * @param threads how many threads may work; the result does not depend on it
     */
    public static void run(
            RowProductShape shape,
            FloatBuffer x,
            FloatBuffer weight,
            @Nullable FloatBuffer bias,
            FloatBuffer y,
            int threads) {
        RowProduct product = new RowProduct(shape, x, weight, bias, y);
        int parts = (shape.outputs() + PART - 1) / PART;
        long work = (long) product.groups * shape.inputs() * shape.outputs();
        Workers.run(parts, work < WORTH_A_THREAD ? 1 : threads, product::part);
    }

    /** Lays rows side by side: the same input of all rows of a group makes a vector. */
    private static float[] columns(RowProductShape shape, FloatBuffer x, int groups) {
        int inputs = shape.inputs();
        float[] columns = new float[Math.multiplyExact(groups * LANES, inputs)];
        float[] row = new float[inputs];
        for (int r = 0; r < shape.rows(); r++) {
            x.get(r * inputs, row, 0, inputs);
            int start = r / LANES * inputs * LANES + r % LANES;
            for (int k = 0; k < inputs; k++) {
                columns[start + k * LANES] = row[k];
            }
        }
        return columns;
    }

    private void part(int number) {
        int end = Math.min(shape.outputs(), (number + 1) * PART);
        float[] matrix = new float[SUMS * DEPTH];
        float[] sums = new float[groups * SUMS * LANES]; // (groups, outputs, lanes)
        float[] result = new float[SUMS];
        for (int first = number * PART; first < end; first += SUMS) {
            int outputs = Math.min(SUMS, end - first);
            begin(sums, first, outputs);
            for (int k = 0; k < shape.inputs(); k += DEPTH) {
                int depth = Math.min(DEPTH, shape.inputs() - k);
                for (int o = 0; o < outputs; o++) {
                    weight.get((first + o) * shape.inputs() + k, matrix, o * DEPTH, depth);
                }
                for (int group = 0; group < groups; group++) {
                    int from = (group * shape.inputs() + k) * LANES;
                    accumulate(matrix, columns, from, depth, sums, group * SUMS * LANES);
                }
            }
            for (int row = 0; row < shape.rows(); row++) {
                int at = row / LANES * SUMS * LANES + row % LANES;
                for (int o = 0; o < outputs; o++) {
                    result[o] = sums[at + o * LANES];
                }
                y.put(row * shape.outputs() + first, result, 0, outputs);
            }
        }
    }

    private void begin(float[] sums, int first, int outputs) {
        for (int o = 0; o < outputs; o++) {
            float start = bias == null ? 0 : bias.get(first + o);
            for (int group = 0; group < groups; group++) {
                int at = (group * SUMS + o) * LANES;
                Arrays.fill(sums, at, at + LANES, start);
            }
        }
    }

    /** Adds Σₖ x[k]·W[o, k] of one group of rows and eight outputs to their sums. */
    private static void accumulate(
            float[] matrix, float[] columns, int from, int depth, float[] sums, int at) {
        FloatVector s0 = FloatVector.zero(SPECIES);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        FloatVector s4 = s0;
        FloatVector s5 = s0;
        FloatVector s6 = s0;
        FloatVector s7 = s0;
        for (int k = 0; k < depth; k++) {
            FloatVector x = FloatVector.fromArray(SPECIES, columns, from + k * LANES);
            s0 = x.fma(FloatVector.broadcast(SPECIES, matrix[k]), s0);
            s1 = x.fma(FloatVector.broadcast(SPECIES, matrix[DEPTH + k]), s1);
            s2 = x.fma(FloatVector.broadcast(SPECIES, matrix[2 * DEPTH + k]), s2);
            s3 = x.fma(FloatVector.broadcast(SPECIES, matrix[3 * DEPTH + k]), s3);
            s4 = x.fma(FloatVector.broadcast(SPECIES, matrix[4 * DEPTH + k]), s4);
            s5 = x.fma(FloatVector.broadcast(SPECIES, matrix[5 * DEPTH + k]), s5);
            s6 = x.fma(FloatVector.broadcast(SPECIES, matrix[6 * DEPTH + k]), s6);
            s7 = x.fma(FloatVector.broadcast(SPECIES, matrix[7 * DEPTH + k]), s7);
        }
        add(s0, sums, at);
        add(s1, sums, at + LANES);
        add(s2, sums, at + 2 * LANES);
        add(s3, sums, at + 3 * LANES);
        add(s4, sums, at + 4 * LANES);
        add(s5, sums, at + 5 * LANES);
        add(s6, sums, at + 6 * LANES);
        add(s7, sums, at + 7 * LANES);
    }

    private static void add(FloatVector sum, float[] sums, int at) {
        FloatVector.fromArray(SPECIES, sums, at).add(sum).intoArray(sums, at);
    }
}
