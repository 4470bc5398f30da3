package io.zigma.backbone.adm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.zigma.nn.Dense;
import io.zigma.nn.OperationCount;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.Attention;
import io.zigma.op.Scratch;

/**
 * The mean of all pixels attends to the pixels, at learned positions (CLIP's attention pool;
 * official {@code AttentionPool2d}). (B, C, h, w) to (B, out).
 */
final class AttentionPool extends UnaryBlock {

    private final int channels;
    private final int heads;
    private final int outputs;
    private final Parameter positions; // (C, 1 + h·w)
    private final Dense projection; // C → 3C: queries, keys, values
    private final Dense output; // C → out

    /**
     * Creates the pool.
     *
     * @param channels C
     * @param pixels h·w of the pictures
     * @param heads a divisor of C
     * @param outputs classes
     */
    AttentionPool(int channels, int pixels, int heads, int outputs) {
        this.channels = channels;
        this.heads = heads;
        this.outputs = outputs;
        positions = parameter("positional_embedding", Parameter.Type.WEIGHT, channels, pixels + 1L);
        projection = child("qkv_proj", Dense.pointwise(channels, 3 * channels));
        output = child("c_proj", Dense.pointwise(channels, outputs));
    }

    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return Scratch.freed(
                () -> {
                    NDArray pixels = x.reshape(x.size(0), channels, -1); // (B, C, h·w)
                    NDArray mean = pixels.mean(new int[] {2}, true); // (B, C, 1)
                    NDArray tokens =
                            mean.concat(pixels, 2)
                                    .add(value(pass, positions, x))
                                    .transpose(0, 2, 1); // (B, 1 + h·w, C)
                    NDList qkv = projection.apply(pass, tokens).split(3, 2);
                    NDArray query = qkv.get(0).split(new long[] {1}, 1).get(0); // (B, 1, C)
                    NDArray attended = Attention.apply(query, qkv.get(1), qkv.get(2), heads);
                    return output.apply(pass, attended).reshape(x.size(0), outputs); // (B, out)
                });
    }

    /** Counts for a picture of so many pixels. */
    @Override
    public OperationCount operations(long vectors) {
        return projection
                .operations(vectors + 1)
                .plus(output.operations(1))
                .plus(OperationCount.ofAttention(2 * (vectors + 1) * channels));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {new Shape(inputShapes[0].get(0), outputs)};
    }
}
