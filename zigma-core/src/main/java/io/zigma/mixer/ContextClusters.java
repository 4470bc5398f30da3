package io.zigma.mixer;

import ai.djl.ndarray.types.Shape;
import io.zigma.nn.MixerSpec;
import io.zigma.nn.UnaryBlock;
import io.zigma.scan.Grid;
import io.zigma.scan.LayerScan;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Context Cluster's mixer (Ma et al. 2023; official {@code Cluster}).
 *
 * @param sizes regions, centres and heads
 */
record ContextClusters(ClusterSizes sizes) implements MixerSpec {

    static final MixerKind KIND =
            new MixerKind(
                    "context-cluster",
                    "clusters of points in regions, in several heads (Context Cluster, Ma et al. 2023)",
                    ClusterSizes.SETTINGS,
                    values -> new ContextClusters(ClusterSizes.of(values)));

    @Override
    public String name() {
        return KIND.name();
    }

    @Override
    public Map<String, String> settings() {
        return sizes.settings();
    }

    @Override
    public void check(int hiddenSize, Grid grid) {
        sizes.check(name(), grid);
    }

    @Override
    public UnaryBlock create(int hiddenSize, Grid grid, LayerScan scan) {
        return new ContextCluster(hiddenSize, hiddenSize, grid, sizes);
    }

    @Override
    public Optional<float[]> initial(String name, Shape shape, SplittableRandom random) {
        return LocalClusters.initial(name, shape);
    }
}
