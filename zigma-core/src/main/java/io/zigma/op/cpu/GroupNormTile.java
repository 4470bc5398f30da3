package io.zigma.op.cpu;

import static io.zigma.op.cpu.VectorMath.LANES;
import static io.zigma.op.cpu.VectorMath.SPECIES;

import java.nio.FloatBuffer;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/**
 * One thread's scratch for some pixels of a group norm, few enough to stay in the first cache, and
 * the numbers that are the same for all of them. Behind the last pixel both arrays are filled up to
 * whole vectors with zeros.
 */
final class GroupNormTile {

    /** Pixels that are worked on together. */
    static final int PIXELS = 2048;

    private static final ThreadLocal<@Nullable GroupNormTile> OWN = new ThreadLocal<>();

    final float[] x = new float[PIXELS + LANES];
    final float[] gradient = new float[PIXELS + LANES];
    private final float[] lanes = new float[LANES];

    // of the group
    float mean;
    float inverse; // 1 / √(variance + ε)
    float meanGradient; // of x̂
    float meanProduct; // of the gradient of x̂ and x̂
    // of the channel
    float weight;
    float bias;
    // of the pixels
    float sum;
    float squares; // of what is left without the mean
    float products;

    private GroupNormTile() {}

    /** Returns this thread's own. */
    static GroupNormTile get() {
        GroupNormTile own = OWN.get();
        if (own == null) {
            own = new GroupNormTile();
            OWN.set(own);
        }
        return own;
    }

    /** Reads pixels. */
    static void load(FloatBuffer from, int first, float[] to, int count) {
        from.get(first, to, 0, count);
        Arrays.fill(to, count, whole(count), 0f);
    }

    /** The same number, filled up to whole vectors. */
    private static int whole(int count) {
        return (count + LANES - 1) / LANES * LANES;
    }

    /** sum = Σ x. */
    static void sum(GroupNormTile tile, int count) {
        FloatVector sum = FloatVector.zero(SPECIES);
        int end = whole(count);
        for (int i = 0; i < end; i += LANES) {
            sum = sum.add(FloatVector.fromArray(SPECIES, tile.x, i));
        }
        tile.sum = tile.addLanes(sum);
    }

    /** squares = Σ (x − sum/count)². */
    static void squares(GroupNormTile tile, int count) {
        float mean = tile.sum / count;
        FloatVector means = FloatVector.broadcast(SPECIES, mean);
        FloatVector sum = FloatVector.zero(SPECIES);
        int end = SPECIES.loopBound(count);
        for (int i = 0; i < end; i += LANES) {
            FloatVector rest = FloatVector.fromArray(SPECIES, tile.x, i).sub(means);
            sum = rest.fma(rest, sum);
        }
        float squares = tile.addLanes(sum);
        for (int i = end; i < count; i++) {
            float rest = tile.x[i] - mean;
            squares += rest * rest;
        }
        tile.squares = squares;
    }

    /** x = (x − mean) · inverse. */
    static void normalise(GroupNormTile tile, int count) {
        FloatVector mean = FloatVector.broadcast(SPECIES, tile.mean);
        FloatVector inverse = FloatVector.broadcast(SPECIES, tile.inverse);
        int end = whole(count);
        for (int i = 0; i < end; i += LANES) {
            FloatVector.fromArray(SPECIES, tile.x, i).sub(mean).mul(inverse).intoArray(tile.x, i);
        }
    }

    /** x = x · weight + bias. */
    static void transform(GroupNormTile tile, int count) {
        FloatVector weight = FloatVector.broadcast(SPECIES, tile.weight);
        FloatVector bias = FloatVector.broadcast(SPECIES, tile.bias);
        int end = whole(count);
        for (int i = 0; i < end; i += LANES) {
            FloatVector.fromArray(SPECIES, tile.x, i).fma(weight, bias).intoArray(tile.x, i);
        }
    }

    /** x = x · weight + bias, and SiLU of that. */
    static void transformSilu(GroupNormTile tile, int count) {
        FloatVector weight = FloatVector.broadcast(SPECIES, tile.weight);
        FloatVector bias = FloatVector.broadcast(SPECIES, tile.bias);
        int end = whole(count);
        for (int i = 0; i < end; i += LANES) {
            FloatVector z = FloatVector.fromArray(SPECIES, tile.x, i).fma(weight, bias);
            z.mul(VectorMath.sigmoid(z)).intoArray(tile.x, i);
        }
    }

    /** From the gradient of SiLU(z) to that of z = x · weight + bias. */
    static void throughSilu(GroupNormTile tile, int count) {
        FloatVector weight = FloatVector.broadcast(SPECIES, tile.weight);
        FloatVector bias = FloatVector.broadcast(SPECIES, tile.bias);
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        int end = whole(count);
        for (int i = 0; i < end; i += LANES) {
            FloatVector z = FloatVector.fromArray(SPECIES, tile.x, i).fma(weight, bias);
            FloatVector sigmoid = VectorMath.sigmoid(z);
            FloatVector slope = one.sub(sigmoid).fma(z, one).mul(sigmoid); // σ·(1 + z·(1 − σ))
            FloatVector.fromArray(SPECIES, tile.gradient, i).mul(slope).intoArray(tile.gradient, i);
        }
    }

    /** sum = Σ gradient, products = Σ gradient · x. */
    static void sumGradients(GroupNormTile tile, int count) {
        FloatVector sum = FloatVector.zero(SPECIES);
        FloatVector products = FloatVector.zero(SPECIES);
        int end = whole(count);
        for (int i = 0; i < end; i += LANES) {
            FloatVector gradient = FloatVector.fromArray(SPECIES, tile.gradient, i);
            sum = sum.add(gradient);
            products = gradient.fma(FloatVector.fromArray(SPECIES, tile.x, i), products);
        }
        tile.sum = tile.addLanes(sum);
        tile.products = tile.addLanes(products);
    }

    /** gradient = inverse · (weight · gradient − meanGradient − x · meanProduct). */
    static void throughNorm(GroupNormTile tile, int count) {
        FloatVector weight = FloatVector.broadcast(SPECIES, tile.weight);
        FloatVector inverse = FloatVector.broadcast(SPECIES, tile.inverse);
        FloatVector minusMean = FloatVector.broadcast(SPECIES, -tile.meanGradient);
        FloatVector minusProduct = FloatVector.broadcast(SPECIES, -tile.meanProduct);
        int end = whole(count);
        for (int i = 0; i < end; i += LANES) {
            FloatVector rest =
                    FloatVector.fromArray(SPECIES, tile.gradient, i).fma(weight, minusMean);
            FloatVector.fromArray(SPECIES, tile.x, i)
                    .fma(minusProduct, rest)
                    .mul(inverse)
                    .intoArray(tile.gradient, i);
        }
    }

    /** Lane by lane, because the order of {@code reduceLanes} is not specified. */
    private float addLanes(FloatVector vector) {
        vector.intoArray(lanes, 0);
        float sum = 0;
        for (int lane = 0; lane < LANES; lane++) {
            sum += lanes[lane];
        }
        return sum;
    }
}
