package io.zigma.mixer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.zigma.nn.OperationCount;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.EachSequence;
import io.zigma.op.Scratch;
import io.zigma.scan.Grid;

/**
 * Context clusters within windows of a map (CCViM 2024; official {@code LocalCluster}): one half of
 * the channels says which points are similar, the other what they exchange, each through a
 * sixteenth of the channels.
 */
final class LocalCluster extends UnaryBlock {

    private static final int NARROWER = 16;

    private final int channels;
    private final Clustering clustering;
    private final Parameter alpha; // (1)
    private final Parameter beta; // (1)
    private final PointConvolution f; // C/2 → C/16
    private final PointConvolution v; // C/2 → C/16
    private final PointConvolution p; // C/16 → C

    /**
     * Creates the block.
     *
     * @param channels C, even and at least 16
     * @param grid the map, whose sides are multiples of the windows
     * @param windows from top to bottom, and as many from left to right
     * @param clusters centres of a window from top to bottom, and as many from left to right
     */
    LocalCluster(int channels, Grid grid, int windows, int clusters) {
        this.channels = channels;
        clustering =
                new Clustering(
                        new Regions(grid, 1, windows, windows), Grid.image(clusters, clusters));
        alpha = parameter("sim_alpha", Parameter.Type.GAMMA, 1);
        beta = parameter("sim_beta", Parameter.Type.BETA, 1);
        f = child("f", new PointConvolution(channels / 2, channels / NARROWER));
        v = child("v", new PointConvolution(channels / 2, channels / NARROWER));
        p = child("p", new PointConvolution(channels / NARROWER, channels));
    }

    /** Checks what the constructor asks for, for a mixer of that name. */
    static void check(String mixer, int channels, Grid grid, int windows) {
        MapGrid.requireOneFrame(mixer, grid);
        MapGrid.requireParts(mixer, grid, windows, windows, "windows");
        if (channels < NARROWER || channels % 2 != 0) {
            throw new IllegalArgumentException(
                    "the clusters of mixer %s need an even number of channels, %s or more, not %s; change the hidden size"
                            .formatted(mixer, NARROWER, channels));
        }
    }

    /** Mixes (B, L, C) in raster order; (B, L, C). */
    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return EachSequence.of(
                x,
                part -> Scratch.freed(() -> p.apply(pass, clustering.points(stages(pass, part)))));
    }

    /** Returns every step of the clustering. */
    Clustering.Stages stages(Pass pass, NDArray x) {
        NDList halves = x.split(2, 2); // (B, L, C/2)
        return clustering.stages(
                f.apply(pass, halves.get(0)),
                v.apply(pass, halves.get(1)),
                value(pass, alpha, x),
                value(pass, beta, x));
    }

    @Override
    public OperationCount operations(long vectors) {
        return super.operations(vectors).plus(clustering.operations(vectors, channels / NARROWER));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return inputShapes;
    }
}
