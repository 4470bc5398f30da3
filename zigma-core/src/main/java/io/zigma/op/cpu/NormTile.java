package io.zigma.op.cpu;

import static io.zigma.op.cpu.VectorMath.LANES;
import static io.zigma.op.cpu.VectorMath.SPECIES;

import java.nio.FloatBuffer;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/**
 * One thread's scratch for {@link #ROWS} rows of a normalisation.
 *
 * <p>Rows are filled up to whole vectors. What fills x and the gradients up is zero, and so is what
 * comes of it in every sum: {@link #centre} sees to that where a mean is taken out.
 */
final class NormTile {

    /** Rows that are worked on together: few enough to stay in the cache. */
    static final int ROWS = 8;

    /** Rows of a task, whose sums are separate before they are added up. */
    static final int PART = 64;

    private static final ThreadLocal<@Nullable NormTile> OWN = new ThreadLocal<>();

    final int size;
    final int stride; // size, filled up to whole vectors
    // by row
    final float[] x; // centred and normalised by the passes
    final float[] y; // the norm, before modulation
    final float[] modulated;
    final float[] yGradient;
    final float[] modulatedGradient;
    final float[] inverse = new float[ROWS]; // 1 / √(mean square + ε)
    // one row each
    final float[] weight;
    final float[] bias;
    final float[] shift;
    final float[] scale; // 1 + scale
    // one row each, a sum over the rows of a part
    final float[] weightSum;
    final float[] biasSum;
    final float[] shiftSum;
    final float[] scaleSum;
    final float[] lanes = new float[LANES]; // of the sum of one row

    private NormTile(int size) {
        this.size = size;
        stride = (size + LANES - 1) / LANES * LANES;
        x = new float[ROWS * stride];
        y = new float[ROWS * stride];
        modulated = new float[ROWS * stride];
        yGradient = new float[ROWS * stride];
        modulatedGradient = new float[ROWS * stride];
        weight = new float[stride];
        bias = new float[stride];
        shift = new float[stride];
        scale = new float[stride];
        weightSum = new float[stride];
        biasSum = new float[stride];
        shiftSum = new float[stride];
        scaleSum = new float[stride];
    }

    /** Returns the calling thread's scratch for rows of a size. */
    static NormTile of(int size) {
        NormTile tile = OWN.get();
        if (tile == null || tile.size != size) {
            tile = new NormTile(size);
            OWN.set(tile);
        }
        return tile;
    }

    /** Reads what all rows of a sequence have in common; an absent operand leaves x as it is. */
    void loadParameters(NormArrays in, int sequence) {
        loadRow(in.weight(), 0, weight, 1f);
        loadRow(in.bias(), 0, bias, 0f);
        loadRow(in.shift(), sequence, shift, 0f);
        loadRow(in.scale(), sequence, scale, 0f);
        for (int i = 0; i < size; i++) {
            scale[i] += 1f;
        }
    }

    private void loadRow(@Nullable FloatBuffer from, int row, float[] to, float absent) {
        if (from == null) {
            Arrays.fill(to, 0, size, absent);
        } else {
            from.get(row * size, to, 0, size);
        }
    }

    /** Forgets the sums of the part before. */
    void clearSums() {
        Arrays.fill(weightSum, 0f);
        Arrays.fill(biasSum, 0f);
        Arrays.fill(shiftSum, 0f);
        Arrays.fill(scaleSum, 0f);
    }

    /** Reads rows; an absent operand is zero. */
    void load(@Nullable FloatBuffer from, float[] to, int first, int rows) {
        if (from == null) {
            Arrays.fill(to, 0, rows * stride, 0f);
        } else if (stride == size) {
            from.get(first * size, to, 0, rows * size);
        } else {
            for (int row = 0; row < rows; row++) {
                from.get((first + row) * size, to, row * stride, size);
                // what a pass has left there
                Arrays.fill(to, row * stride + size, (row + 1) * stride, 0f);
            }
        }
    }

    /** Writes rows. */
    void store(float[] from, FloatBuffer to, int first, int rows) {
        if (stride == size) {
            to.put(first * size, from, 0, rows * size);
        } else {
            for (int row = 0; row < rows; row++) {
                to.put((first + row) * size, from, row * stride, size);
            }
        }
    }

    /** x = x − mean. */
    static void centre(NormTile tile, int rows) {
        for (int row = 0; row < rows; row++) {
            int start = row * tile.stride;
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int i = start; i < start + tile.stride; i += LANES) {
                sum = sum.add(FloatVector.fromArray(SPECIES, tile.x, i));
            }
            sum.intoArray(tile.lanes, 0);
            FloatVector mean = FloatVector.broadcast(SPECIES, tile.meanOfLanes());
            for (int i = start; i < start + tile.stride; i += LANES) {
                FloatVector.fromArray(SPECIES, tile.x, i).sub(mean).intoArray(tile.x, i);
            }
            Arrays.fill(tile.x, start + tile.size, start + tile.stride, 0f);
        }
    }

    /** x = x / √(mean(x²) + ε). */
    static void normalise(NormTile tile, int rows, float epsilon) {
        for (int row = 0; row < rows; row++) {
            int start = row * tile.stride;
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int i = start; i < start + tile.stride; i += LANES) {
                FloatVector x = FloatVector.fromArray(SPECIES, tile.x, i);
                sum = x.fma(x, sum);
            }
            sum.intoArray(tile.lanes, 0);
            float inverse = (float) (1 / Math.sqrt((double) tile.meanOfLanes() + epsilon));
            tile.inverse[row] = inverse;
            FloatVector factor = FloatVector.broadcast(SPECIES, inverse);
            for (int i = start; i < start + tile.stride; i += LANES) {
                FloatVector.fromArray(SPECIES, tile.x, i).mul(factor).intoArray(tile.x, i);
            }
        }
    }

    /** y = x·weight + bias. */
    static void transform(NormTile tile, int rows) {
        for (int row = 0; row < rows; row++) {
            int start = row * tile.stride;
            for (int i = 0; i < tile.stride; i += LANES) {
                FloatVector.fromArray(SPECIES, tile.x, start + i)
                        .fma(
                                FloatVector.fromArray(SPECIES, tile.weight, i),
                                FloatVector.fromArray(SPECIES, tile.bias, i))
                        .intoArray(tile.y, start + i);
            }
        }
    }

    /**
     * Adds the lanes of a row's sum and divides by D. Lane by lane, because the order of {@code
     * reduceLanes} is not specified and differs between interpreted and compiled code.
     */
    float meanOfLanes() {
        float sum = 0;
        for (int lane = 0; lane < LANES; lane++) {
            sum += lanes[lane];
        }
        return sum / size;
    }
}
