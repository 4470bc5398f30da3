package io.zigma.mixer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.zigma.nn.GroupNorm;
import io.zigma.nn.Mlp;
import io.zigma.nn.OperationCount;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.EachSequence;
import io.zigma.op.Gelu;
import io.zigma.op.GradientTape;
import io.zigma.op.Scratch;
import io.zigma.scan.Grid;
import org.jspecify.annotations.Nullable;

/**
 * The whole block of Context Cluster (Ma et al. 2023; official {@code ClusterBlock}): x + s₁ ·
 * clusters(norm(x)), then x + s₂ · mlp(norm(x)), with a norm over all channels and points of an
 * image.
 */
final class ContextClusterBlock extends UnaryBlock {

    private static final double EPSILON = 1e-5;

    private final GroupNorm norm1;
    private final ContextCluster mixer;
    private final GroupNorm norm2;
    private final Mlp mlp;
    private final @Nullable Parameter scale1; // (D)
    private final @Nullable Parameter scale2; // (D)

    /**
     * Creates the block.
     *
     * @param channels D
     * @param grid the map
     * @param sizes of the clusters
     * @param mlpSize channels between the MLP's layers
     * @param scaled whether the factors s are there
     */
    ContextClusterBlock(int channels, Grid grid, ClusterSizes sizes, int mlpSize, boolean scaled) {
        scale1 = scaled ? parameter("layer_scale_1", Parameter.Type.GAMMA, channels) : null;
        scale2 = scaled ? parameter("layer_scale_2", Parameter.Type.GAMMA, channels) : null;
        norm1 = child("norm1", new GroupNorm(channels, 1, EPSILON));
        mixer = child("token_mixer", new ContextCluster(channels, channels, grid, sizes));
        norm2 = child("norm2", new GroupNorm(channels, 1, EPSILON));
        mlp = child("mlp", new Mlp(channels, mlpSize, Gelu::erf));
    }

    /** Applies the block to (B, L, D) in raster order; (B, L, D). */
    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return EachSequence.of(x, part -> Scratch.freed(() -> applied(pass, part)));
    }

    private NDArray applied(Pass pass, NDArray x) {
        NDArray mixed = mixer.apply(pass, normed(pass, norm1, x));
        NDArray y = GradientTape.accumulateAt(sum(pass, x, mixed, scale1));
        NDArray inner = mlp.apply(pass, normed(pass, norm2, y));
        return sum(pass, y, inner, scale2);
    }

    private static NDArray normed(Pass pass, GroupNorm norm, NDArray x) {
        NDArray picture = x.transpose(0, 2, 1).expandDims(3); // (B, D, L, 1)
        return norm.apply(pass, picture).squeeze(3).transpose(0, 2, 1);
    }

    private static NDArray sum(Pass pass, NDArray x, NDArray more, @Nullable Parameter scale) {
        return x.add(scale == null ? more : more.mul(value(pass, scale, x)));
    }

    @Override
    public OperationCount operations(long vectors) {
        return mixer.operations(vectors).plus(mlp.operations(vectors));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return inputShapes;
    }
}
