package io.zigma.backbone.adm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import io.zigma.nn.Dense;
import io.zigma.nn.GroupNorm;
import io.zigma.nn.OperationCount;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.Attention;
import io.zigma.op.Scratch;

/**
 * Every pixel attends to all pixels, added to the input (official {@code AttentionBlock}). (B, C,
 * H, W) to (B, C, H, W).
 */
final class AttentionBlock extends UnaryBlock {

    private final int channels;
    private final int heads;
    private final QkvOrder order;
    private final GroupNorm norm;
    private final Dense projection; // C → 3C
    private final Dense output; // C → C

    /**
     * Creates a block.
     *
     * @param shape of the network
     * @param channels C
     */
    AttentionBlock(AdmShape shape, int channels) {
        this.channels = channels;
        heads = shape.headsOf(channels);
        order = shape.order();
        norm = child("norm", new GroupNorm(channels, AdmShape.GROUPS, AdmShape.EPSILON));
        projection = child("qkv", Dense.pointwise(channels, 3 * channels));
        output = child("proj_out", Dense.pointwise(channels, channels));
    }

    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return Scratch.freed(
                () -> {
                    Shape shape = x.getShape();
                    NDArray tokens =
                            norm.apply(pass, x)
                                    .reshape(shape.get(0), channels, -1)
                                    .transpose(0, 2, 1); // (B, H·W, C)
                    NDList qkv = order.split(projection.apply(pass, tokens), heads);
                    NDArray attended = // (B, H·W, C)
                            Attention.apply(qkv.get(0), qkv.get(1), qkv.get(2), heads);
                    NDArray y = output.apply(pass, attended).transpose(0, 2, 1).reshape(shape);
                    // never written over y, whose pixels lie channel by channel no more: what
                    // follows would round otherwise where layers are recomputed
                    return x.add(y); // (B, C, H, W)
                });
    }

    @Override
    public OperationCount operations(long vectors) {
        return super.operations(vectors)
                .plus(OperationCount.ofAttention(2 * vectors * vectors * channels));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return inputShapes;
    }
}
