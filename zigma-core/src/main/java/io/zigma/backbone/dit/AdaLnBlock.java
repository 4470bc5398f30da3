package io.zigma.backbone.dit;

import ai.djl.ndarray.NDArray;
import io.zigma.nn.Mlp;
import io.zigma.nn.Modulation;
import io.zigma.nn.OperationCount;
import io.zigma.nn.Pass;
import io.zigma.nn.SelfAttention;
import io.zigma.op.GatedSum;
import io.zigma.op.GradientTape;
import io.zigma.op.Scratch;
import org.jspecify.annotations.Nullable;

/** The block with adaLN (DiT 2023, section 3.2): adaLN-Zero without gates. */
final class AdaLnBlock extends DiTBlock {

    private final SelfAttention attention;
    private final Mlp mlp;
    private final Modulation modulation;

    AdaLnBlock(DiTConfig config) {
        attention = child("attn", new SelfAttention(config.hiddenSize(), config.heads()));
        mlp = child("mlp", new Mlp(config.hiddenSize(), config.innerSize()));
        modulation = child("adaLN_modulation", new Modulation(config.hiddenSize(), 2, 2));
    }

    @Override
    NDArray apply(Pass pass, NDArray x, NDArray c, @Nullable NDArray mask) {
        return Scratch.freed(
                () -> {
                    AdaLn m = AdaLn.of(modulation.apply(pass, c)); // four of (B, 1, D)
                    NDArray normed = AdaptiveNorm.of(x, m.shiftAttention(), m.scaleAttention());
                    NDArray attended = attention.apply(pass, normed); // (B, L, D)
                    NDArray sum = GradientTape.accumulateAt(GatedSum.of(x, attended));
                    NDArray normedSum = AdaptiveNorm.of(sum, m.shiftMlp(), m.scaleMlp());
                    return GatedSum.of(sum, mlp.apply(pass, normedSum)); // (B, L, D)
                });
    }

    @Override
    OperationCount operations(long tokens, long conditions) {
        return attention
                .operations(tokens)
                .plus(mlp.operations(tokens))
                .plus(modulation.operations(1));
    }
}
