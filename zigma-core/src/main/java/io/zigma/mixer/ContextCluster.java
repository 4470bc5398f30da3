package io.zigma.mixer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.zigma.nn.OperationCount;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.EachSequence;
import io.zigma.op.Scratch;
import io.zigma.scan.Grid;

/**
 * Context clusters of several heads in the regions of a map (Ma et al. 2023, Image as Set of
 * Points; official {@code Cluster}). Alpha and beta are one number for all heads, as in the
 * official code.
 */
final class ContextCluster extends UnaryBlock {

    private final int outputs;
    private final int inner;
    private final Clustering clustering;
    private final Parameter alpha; // (1)
    private final Parameter beta; // (1)
    private final PointConvolution f; // D → heads · d, similarity
    private final PointConvolution v; // D → heads · d, values
    private final PointConvolution proj; // heads · d → outputs

    /**
     * Creates the block.
     *
     * @param inputs channels that come in
     * @param outputs channels that go out
     * @param grid the map
     * @param sizes regions, centres and heads
     */
    ContextCluster(int inputs, int outputs, Grid grid, ClusterSizes sizes) {
        this.outputs = outputs;
        inner = sizes.heads() * sizes.headSize();
        clustering =
                new Clustering(
                        sizes.regions(grid), Grid.image(sizes.centreRows(), sizes.centreColumns()));
        alpha = parameter("sim_alpha", Parameter.Type.GAMMA, 1);
        beta = parameter("sim_beta", Parameter.Type.BETA, 1);
        f = child("f", new PointConvolution(inputs, inner));
        v = child("v", new PointConvolution(inputs, inner));
        proj = child("proj", new PointConvolution(inner, outputs));
    }

    /** Mixes (B, L, inputs) in raster order; (B, L, outputs). */
    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return EachSequence.of(
                x,
                part ->
                        Scratch.freed(
                                () -> proj.apply(pass, clustering.points(stages(pass, part)))));
    }

    /** Returns every step of the clustering. */
    Clustering.Stages stages(Pass pass, NDArray x) {
        return clustering.stages(
                f.apply(pass, x), v.apply(pass, x), value(pass, alpha, x), value(pass, beta, x));
    }

    /**
     * Returns the clusters in place of the points (official {@code return_center}).
     *
     * @return a map of one token a centre (B, regions · M, outputs)
     */
    NDArray centres(Pass pass, NDArray x) {
        return proj.apply(pass, clustering.aggregates(stages(pass, x)));
    }

    @Override
    public OperationCount operations(long vectors) {
        return super.operations(vectors).plus(clustering.operations(vectors, inner));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        Shape input = inputShapes[0];
        return new Shape[] {input.slice(0, input.dimension() - 1).add(outputs)};
    }
}
