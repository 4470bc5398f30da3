package io.zigma.mixer;

import ai.djl.ndarray.types.Shape;
import io.zigma.base.Setting;
import io.zigma.base.Settings;
import io.zigma.nn.InitialValues;
import io.zigma.nn.MixerSpec;
import io.zigma.nn.UnaryBlock;
import io.zigma.scan.Grid;
import io.zigma.scan.LayerScan;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * CCViM's local context clusters alone, without any scan (official {@code LocalCluster}).
 *
 * @param clusters centres of a window from top to bottom, and as many from left to right
 * @param windows from top to bottom, and as many from left to right
 */
record LocalClusters(int clusters, int windows) implements MixerSpec {

    private static final Setting CLUSTERS =
            Setting.whole(
                    "clusters",
                    "centres of a window from top to bottom, and as many from left to right",
                    2,
                    1,
                    1 << 10);
    private static final Setting WINDOWS =
            Setting.whole(
                    "windows",
                    "windows from top to bottom, and as many from left to right",
                    2,
                    1,
                    1 << 10);

    static final MixerKind KIND =
            new MixerKind(
                    "local-clusters",
                    "context clusters within windows, without a scan (CCViM 2024)",
                    List.of(CLUSTERS, WINDOWS),
                    LocalClusters::of);

    LocalClusters {
        if (clusters < 1 || windows < 1) {
            throw new IllegalArgumentException(
                    "local clusters need at least 1 cluster and 1 window a side, not %s and %s"
                            .formatted(clusters, windows));
        }
    }

    private static LocalClusters of(Settings values) {
        return new LocalClusters(values.whole(CLUSTERS), values.whole(WINDOWS));
    }

    @Override
    public String name() {
        return KIND.name();
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> values = new LinkedHashMap<>();
        values.put(CLUSTERS.name(), Integer.toString(clusters));
        values.put(WINDOWS.name(), Integer.toString(windows));
        return values;
    }

    @Override
    public void check(int hiddenSize, Grid grid) {
        LocalCluster.check(name(), hiddenSize, grid, windows);
    }

    @Override
    public UnaryBlock create(int hiddenSize, Grid grid, LayerScan scan) {
        return new LocalCluster(hiddenSize, grid, windows, clusters);
    }

    @Override
    public Optional<float[]> initial(String name, Shape shape, SplittableRandom random) {
        return initial(name, shape);
    }

    /** Returns what the factor and the offset of the similarity start from. */
    static Optional<float[]> initial(String name, Shape shape) {
        return switch (name) {
            case "sim_alpha" -> Optional.of(InitialValues.constant(shape, 1));
            case "sim_beta" -> Optional.of(InitialValues.constant(shape, 0));
            default -> Optional.empty();
        };
    }
}
