package io.zigma.backbone.uvit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.zigma.nn.Dense;
import io.zigma.nn.DropPath;
import io.zigma.nn.LayerNorm;
import io.zigma.nn.Mlp;
import io.zigma.nn.NamedBlock;
import io.zigma.nn.Pass;
import io.zigma.nn.SelfAttention;
import io.zigma.op.GatedSum;
import io.zigma.op.Gelu;
import io.zigma.op.GradientTape;
import io.zigma.op.Scratch;
import org.jspecify.annotations.Nullable;

/**
 * One layer of U-ViT, a transformer block as it is; one behind the middle first takes in the long
 * skip of its counterpart, by concatenation and a projection (U-ViT 2023, figures 1 and 2; official
 * {@code Block}).
 */
final class UViTBlock extends NamedBlock {

    /** Added to the variance in every norm (PyTorch's default). */
    static final double EPSILON = 1e-5;

    private final @Nullable Dense skipProjection; // 2D → D
    private final LayerNorm norm;
    private final SelfAttention attention;
    private final LayerNorm mlpNorm;
    private final Mlp mlp;

    /**
     * Creates a layer.
     *
     * @param config the model's shape
     * @param skipped whether it takes in a long skip
     */
    UViTBlock(UViTConfig config, boolean skipped) {
        int size = config.hiddenSize();
        norm = child("norm1", new LayerNorm(size, EPSILON));
        attention = child("attn", new SelfAttention(size, config.heads(), config.qkvBias()));
        mlpNorm = child("norm2", new LayerNorm(size, EPSILON));
        mlp = child("mlp", new Mlp(size, config.innerSize(), Gelu::erf));
        skipProjection = skipped ? child("skip_linear", new Dense(2 * size, size, true)) : null;
    }

    /**
     * Applies the layer.
     *
     * @param pass parameter values of this forward pass
     * @param x tokens (B, L, D)
     * @param skip the result of the layer as far before the middle (B, L, D), which only a layer
     *     with a long skip reads
     * @param mask 1 for each token that counts (B, L), null where all do
     * @return tokens (B, L, D)
     */
    NDArray apply(Pass pass, NDArray x, @Nullable NDArray skip, @Nullable NDArray mask) {
        return Scratch.freed(
                () -> {
                    NDArray joined = joined(pass, x, skip); // (B, L, D)
                    NDArray normed = norm.apply(pass, joined);
                    NDArray attended = attention.apply(pass, normed, mask); // (B, L, D)
                    NDArray sum = GradientTape.accumulateAt(GatedSum.of(joined, attended));
                    return GatedSum.of(sum, mlp.apply(pass, mlpNorm.apply(pass, sum)));
                });
    }

    private NDArray joined(Pass pass, NDArray x, @Nullable NDArray skip) {
        return skipProjection == null || skip == null
                ? x
                : GradientTape.accumulateAt(skipProjection.apply(pass, x.concat(skip, 2)));
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> ignored) {
        Pass pass = new Pass(store, training, DropPath.NONE);
        NDArray skip = inputs.size() > 1 ? inputs.get(1) : null;
        return new NDList(apply(pass, inputs.get(0), skip, null));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {inputShapes[0]};
    }
}
