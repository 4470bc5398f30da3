package io.zigma.mixer;

import ai.djl.ndarray.types.Shape;
import io.zigma.base.Setting;
import io.zigma.base.Settings;
import io.zigma.nn.InitialValues;
import io.zigma.nn.MixerSpec;
import io.zigma.nn.UnaryBlock;
import io.zigma.scan.Grid;
import io.zigma.scan.LayerScan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Context Cluster's whole block, norms and MLP included (Ma et al. 2023; official {@code
 * ClusterBlock}).
 *
 * @param sizes regions, centres and heads
 * @param mlpRatio channels between the MLP's layers a model channel
 * @param layerScale whether both branches have a learned factor a channel, 10⁻⁵ at the start
 */
record ContextClusterBlocks(ClusterSizes sizes, double mlpRatio, boolean layerScale)
        implements MixerSpec {

    private static final float FIRST_SCALE = 1e-5f;

    private static final int LARGEST = 1 << 16;

    private static final Setting MLP_RATIO =
            Setting.number(
                    "mlp-ratio",
                    "channels between the MLP's layers a model channel",
                    4,
                    0,
                    1 << 10);
    private static final Setting LAYER_SCALE =
            Setting.flag(
                    "layer-scale", "whether both branches have a learned factor a channel", true);

    static final MixerKind KIND =
            new MixerKind(
                    "context-cluster-block",
                    "the clusters with norms and MLP of their own (Context Cluster, Ma et al. 2023)",
                    settingsOfKind(),
                    ContextClusterBlocks::of);

    ContextClusterBlocks {
        if (!(mlpRatio > 0) || Double.isInfinite(mlpRatio)) {
            throw new IllegalArgumentException(
                    "the MLP ratio is %s, use a number above 0 such as 4".formatted(mlpRatio));
        }
    }

    private static List<Setting> settingsOfKind() {
        List<Setting> all = new ArrayList<>(ClusterSizes.SETTINGS);
        all.addAll(List.of(MLP_RATIO, LAYER_SCALE));
        return all;
    }

    private static ContextClusterBlocks of(Settings values) {
        return new ContextClusterBlocks(
                ClusterSizes.of(values), values.number(MLP_RATIO), values.flag(LAYER_SCALE));
    }

    @Override
    public String name() {
        return KIND.name();
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> values = new LinkedHashMap<>(sizes.settings());
        values.put(MLP_RATIO.name(), Setting.plain(mlpRatio));
        values.put(LAYER_SCALE.name(), Boolean.toString(layerScale));
        return values;
    }

    @Override
    public void check(int hiddenSize, Grid grid) {
        sizes.check(name(), grid);
        int inner = mlpSize(hiddenSize);
        if (inner < 1 || inner > LARGEST) {
            throw new IllegalArgumentException(
                    "mixer %s has an MLP of %s channels; choose a ratio that makes 1 to %s"
                            .formatted(name(), inner, LARGEST));
        }
    }

    private int mlpSize(int hiddenSize) {
        return (int) Math.min(mlpRatio * hiddenSize, Integer.MAX_VALUE);
    }

    @Override
    public UnaryBlock create(int hiddenSize, Grid grid, LayerScan scan) {
        return new ContextClusterBlock(hiddenSize, grid, sizes, mlpSize(hiddenSize), layerScale);
    }

    @Override
    public Optional<float[]> initial(String name, Shape shape, SplittableRandom random) {
        return switch (name) {
            case "layer_scale_1", "layer_scale_2" ->
                    Optional.of(InitialValues.constant(shape, FIRST_SCALE));
            case "norm1.weight", "norm2.weight" -> Optional.of(InitialValues.constant(shape, 1));
            default -> LocalClusters.initial(name.substring(name.lastIndexOf('.') + 1), shape);
        };
    }
}
