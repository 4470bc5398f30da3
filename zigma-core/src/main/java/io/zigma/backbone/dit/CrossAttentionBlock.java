package io.zigma.backbone.dit;

import ai.djl.ndarray.NDArray;
import io.zigma.nn.CrossAttention;
import io.zigma.nn.LayerNorm;
import io.zigma.nn.Mlp;
import io.zigma.nn.OperationCount;
import io.zigma.nn.Pass;
import io.zigma.nn.SelfAttention;
import io.zigma.op.GatedSum;
import io.zigma.op.GradientTape;
import io.zigma.op.Scratch;
import org.jspecify.annotations.Nullable;

/**
 * The block with cross-attention (DiT 2023, figure 3, second from right): a transformer block whose
 * tokens attend to time and class, or to time and a text, between self-attention and MLP.
 */
final class CrossAttentionBlock extends DiTBlock {

    private final LayerNorm norm;
    private final SelfAttention attention;
    private final LayerNorm crossNorm;
    private final CrossAttention crossAttention;
    private final LayerNorm mlpNorm;
    private final Mlp mlp;

    CrossAttentionBlock(DiTConfig config) {
        int size = config.hiddenSize();
        norm = child("norm1", new LayerNorm(size, EPSILON));
        attention = child("attn", new SelfAttention(size, config.heads()));
        crossNorm = child("norm_cross", new LayerNorm(size, EPSILON));
        crossAttention =
                child(
                        "cross_attn",
                        new CrossAttention(size, config.heads(), size / config.heads()));
        mlpNorm = child("norm2", new LayerNorm(size, EPSILON));
        mlp = child("mlp", new Mlp(size, config.innerSize()));
    }

    @Override
    NDArray apply(Pass pass, NDArray x, NDArray c, @Nullable NDArray mask) {
        return Scratch.freed(
                () -> {
                    NDArray attended = attention.apply(pass, norm.apply(pass, x)); // (B, L, D)
                    NDArray own = GradientTape.accumulateAt(GatedSum.of(x, attended));
                    NDArray asked =
                            crossAttention.apply( // (B, L, D)
                                    pass, crossNorm.apply(pass, own), c, mask);
                    NDArray sum = GradientTape.accumulateAt(GatedSum.of(own, asked));
                    return GatedSum.of(sum, mlp.apply(pass, mlpNorm.apply(pass, sum)));
                });
    }

    @Override
    OperationCount operations(long tokens, long conditions) {
        return attention
                .operations(tokens)
                .plus(crossAttention.operations(tokens, conditions))
                .plus(mlp.operations(tokens));
    }
}
