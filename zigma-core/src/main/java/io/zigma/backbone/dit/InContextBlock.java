package io.zigma.backbone.dit;

import ai.djl.ndarray.NDArray;
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
 * The block of in-context conditioning (DiT 2023, figure 3, right): a transformer block as it is,
 * since the condition is among the tokens.
 */
final class InContextBlock extends DiTBlock {

    private final LayerNorm norm;
    private final SelfAttention attention;
    private final LayerNorm mlpNorm;
    private final Mlp mlp;

    InContextBlock(DiTConfig config) {
        int size = config.hiddenSize();
        norm = child("norm1", new LayerNorm(size, EPSILON));
        attention = child("attn", new SelfAttention(size, config.heads()));
        mlpNorm = child("norm2", new LayerNorm(size, EPSILON));
        mlp = child("mlp", new Mlp(size, config.innerSize()));
    }

    @Override
    NDArray apply(Pass pass, NDArray x, NDArray c, @Nullable NDArray mask) {
        return Scratch.freed(
                () -> {
                    NDArray attended = attention.apply(pass, norm.apply(pass, x)); // (B, L, D)
                    NDArray sum = GradientTape.accumulateAt(GatedSum.of(x, attended));
                    return GatedSum.of(sum, mlp.apply(pass, mlpNorm.apply(pass, sum)));
                });
    }

    @Override
    OperationCount operations(long tokens, long conditions) {
        long all = tokens + conditions;
        return attention.operations(all).plus(mlp.operations(all));
    }
}
