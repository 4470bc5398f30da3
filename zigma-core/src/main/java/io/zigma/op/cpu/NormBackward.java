package io.zigma.op.cpu;

import static io.zigma.op.cpu.VectorMath.LANES;
import static io.zigma.op.cpu.VectorMath.SPECIES;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/**
 * Gradients of the modulated norm with respect to all its operands, from those of both results.
 *
 * <p>With x̂ the normalised x and g the gradient of x̂, that of x is (g − x̂·mean(g·x̂)) / √(mean
 * square + ε), less the mean of all that where x was centred. x̂ is recomputed. Sums over rows are
 * taken part by part and added up in the order of the parts, whatever thread did the work.
 */
public final class NormBackward {

    private final NormShape shape;
    private final NormArrays in;
    private final @Nullable FloatBuffer yGradient;
    private final @Nullable FloatBuffer modulatedGradient;
    private final NormArrays out;
    private final List<RowPass> passes;
    // a sum for each part: (B, parts, D)
    private final float[] weightParts;
    private final float[] biasParts;
    private final float[] shiftParts;
    private final float[] scaleParts;

    private NormBackward(
            NormShape shape,
            NormArrays in,
            @Nullable FloatBuffer yGradient,
            @Nullable FloatBuffer modulatedGradient,
            NormArrays out) {
        this.shape = shape;
        this.in = in;
        this.yGradient = yGradient;
        this.modulatedGradient = modulatedGradient;
        this.out = out;
        this.passes = NormForward.normalisation(shape);
        if (modulatedGradient != null) {
            passes.add(NormBackward::throughModulation);
        }
        passes.add(NormBackward::throughTransform);
        passes.add(NormBackward::throughNorm);
        if (shape.centred()) {
            passes.add(NormBackward::throughCentring);
        }
        this.weightParts = parts(out.weight());
        this.biasParts = parts(out.bias());
        this.shiftParts = parts(out.shift());
        this.scaleParts = parts(out.scale());
    }

    private float[] parts(@Nullable FloatBuffer wanted) {
        return new float[wanted == null ? 0 : shape.batch() * shape.parts() * shape.size()];
    }

    /**
     * Computes all gradients.
     *
     * @param shape sizes and kind
     * @param in operands of the forward pass
     * @param yGradient gradient of the norm (B, L, D), or null if nothing used it
     * @param modulatedGradient gradient of the modulated norm (B, L, D), or null if nothing used it
     * @param out receives the gradients; null where {@code in} has null
     * @param threads how many threads may work; the result does not depend on it
     */
    public static void run(
            NormShape shape,
            NormArrays in,
            @Nullable FloatBuffer yGradient,
            @Nullable FloatBuffer modulatedGradient,
            NormArrays out,
            int threads) {
        NormBackward norm = new NormBackward(shape, in, yGradient, modulatedGradient, out);
        int parts = shape.parts();
        Workers.run(shape.batch() * parts, threads, task -> norm.part(task / parts, task % parts));
        norm.addUp();
    }

    private void part(int sequence, int number) {
        NormTile tile = NormTile.of(shape.size());
        tile.loadParameters(in, sequence);
        tile.clearSums();
        int end = Math.min(shape.length(), (number + 1) * NormTile.PART);
        for (int row = number * NormTile.PART; row < end; row += NormTile.ROWS) {
            int rows = Math.min(NormTile.ROWS, end - row);
            int first = sequence * shape.length() + row;
            tile.load(in.x(), tile.x, first, rows);
            tile.load(yGradient, tile.yGradient, first, rows);
            if (modulatedGradient != null) {
                tile.load(modulatedGradient, tile.modulatedGradient, first, rows);
            }
            for (RowPass pass : passes) {
                pass.run(tile, rows);
            }
            tile.store(tile.yGradient, out.x(), first, rows);
        }
        int at = (sequence * shape.parts() + number) * shape.size();
        save(tile.weightSum, weightParts, at);
        save(tile.biasSum, biasParts, at);
        save(tile.shiftSum, shiftParts, at);
        save(tile.scaleSum, scaleParts, at);
    }

    private void save(float[] sum, float[] parts, int at) {
        if (parts.length > 0) {
            System.arraycopy(sum, 0, parts, at, shape.size());
        }
    }

    /** Adds (1 + scale)·dm to dy; dshift += dm and dscale += dm·y. */
    private static void throughModulation(NormTile tile, int rows) {
        for (int i = 0; i < tile.stride; i += LANES) {
            FloatVector scale = FloatVector.fromArray(SPECIES, tile.scale, i);
            FloatVector shiftSum = FloatVector.fromArray(SPECIES, tile.shiftSum, i);
            FloatVector scaleSum = FloatVector.fromArray(SPECIES, tile.scaleSum, i);
            for (int row = 0; row < rows; row++) {
                int at = row * tile.stride + i;
                FloatVector dm = FloatVector.fromArray(SPECIES, tile.modulatedGradient, at);
                shiftSum = shiftSum.add(dm);
                scaleSum = dm.fma(FloatVector.fromArray(SPECIES, tile.y, at), scaleSum);
                dm.fma(scale, FloatVector.fromArray(SPECIES, tile.yGradient, at))
                        .intoArray(tile.yGradient, at);
            }
            shiftSum.intoArray(tile.shiftSum, i);
            scaleSum.intoArray(tile.scaleSum, i);
        }
    }

    /** From dy to the gradient of x̂, dy·weight; dbias += dy and dweight += dy·x̂. */
    private static void throughTransform(NormTile tile, int rows) {
        for (int i = 0; i < tile.stride; i += LANES) {
            FloatVector weight = FloatVector.fromArray(SPECIES, tile.weight, i);
            FloatVector biasSum = FloatVector.fromArray(SPECIES, tile.biasSum, i);
            FloatVector weightSum = FloatVector.fromArray(SPECIES, tile.weightSum, i);
            for (int row = 0; row < rows; row++) {
                int at = row * tile.stride + i;
                FloatVector dy = FloatVector.fromArray(SPECIES, tile.yGradient, at);
                biasSum = biasSum.add(dy);
                weightSum = dy.fma(FloatVector.fromArray(SPECIES, tile.x, at), weightSum);
                dy.mul(weight).intoArray(tile.yGradient, at);
            }
            biasSum.intoArray(tile.biasSum, i);
            weightSum.intoArray(tile.weightSum, i);
        }
    }

    /** From the gradient of x̂ to that of x, centred or not. */
    private static void throughNorm(NormTile tile, int rows) {
        for (int row = 0; row < rows; row++) {
            int start = row * tile.stride;
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int i = start; i < start + tile.stride; i += LANES) {
                sum =
                        FloatVector.fromArray(SPECIES, tile.yGradient, i)
                                .fma(FloatVector.fromArray(SPECIES, tile.x, i), sum);
            }
            sum.intoArray(tile.lanes, 0);
            FloatVector minusMean = FloatVector.broadcast(SPECIES, -tile.meanOfLanes());
            FloatVector inverse = FloatVector.broadcast(SPECIES, tile.inverse[row]);
            for (int i = start; i < start + tile.stride; i += LANES) {
                FloatVector.fromArray(SPECIES, tile.x, i)
                        .fma(minusMean, FloatVector.fromArray(SPECIES, tile.yGradient, i))
                        .mul(inverse)
                        .intoArray(tile.yGradient, i);
            }
        }
    }

    /** Takes out the mean; what fills a row up is not written back. */
    private static void throughCentring(NormTile tile, int rows) {
        for (int row = 0; row < rows; row++) {
            int start = row * tile.stride;
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int i = start; i < start + tile.stride; i += LANES) {
                sum = sum.add(FloatVector.fromArray(SPECIES, tile.yGradient, i));
            }
            sum.intoArray(tile.lanes, 0);
            FloatVector mean = FloatVector.broadcast(SPECIES, tile.meanOfLanes());
            for (int i = start; i < start + tile.stride; i += LANES) {
                FloatVector.fromArray(SPECIES, tile.yGradient, i)
                        .sub(mean)
                        .intoArray(tile.yGradient, i);
            }
        }
    }

    private void addUp() {
        int all = shape.batch() * shape.parts();
        put(out.weight(), weightParts, 1, all);
        put(out.bias(), biasParts, 1, all);
        put(out.shift(), shiftParts, shape.batch(), shape.parts());
        put(out.scale(), scaleParts, shape.batch(), shape.parts());
    }

    /** Writes {@code count} rows, each the sum of as many parts in their order. */
    private void put(@Nullable FloatBuffer to, float[] parts, int count, int each) {
        if (to == null) {
            return;
        }
        int size = shape.size();
        float[] sum = new float[size];
        for (int row = 0; row < count; row++) {
            Arrays.fill(sum, 0f);
            for (int part = row * each; part < (row + 1) * each; part++) {
                for (int i = 0; i < size; i++) {
                    sum[i] += parts[part * size + i];
                }
            }
            to.put(row * size, sum, 0, size);
        }
    }
}
