package io.zigma.mixer;

import ai.djl.ndarray.types.Shape;
import io.zigma.base.Setting;
import io.zigma.base.Settings;
import io.zigma.nn.InitialValues;
import io.zigma.nn.StateValues;
import io.zigma.scan.Grid;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * The sizes of a mixer that scans a map in several directions (official {@code SS2D}).
 *
 * @param states N of a channel
 * @param ratio inner channels a model channel, E = ⌊ratio · D⌋
 * @param dtRank rank R of the projection to Δ; 0 means ⌈D / 16⌉
 * @param convolutionWidth side of the depthwise convolution's kernel, odd; below 2 there is none
 * @param convolutionBias whether the convolution has a bias
 */
record ScanSizes(
        int states, double ratio, int dtRank, int convolutionWidth, boolean convolutionBias) {

    private static final int LARGEST = 1 << 16;

    private static final Setting STATES =
            Setting.whole("states", "states of a channel", 16, 1, LARGEST);
    private static final Setting RATIO =
            Setting.number("ratio", "inner channels a model channel", 2, 0, 1 << 10);
    private static final Setting RANK =
            Setting.whole(
                    "dt-rank",
                    "rank of the projection to Δ, 0 for a sixteenth of the channels",
                    0,
                    0,
                    LARGEST);
    private static final Setting WIDTH =
            Setting.whole(
                    "convolution-width",
                    "side of the depthwise convolution's kernel, odd; 0 for no convolution",
                    3,
                    0,
                    255);
    private static final Setting BIAS =
            Setting.flag("convolution-bias", "whether the convolution has a bias", true);

    /** What users choose of them. */
    static final List<Setting> SETTINGS = List.of(STATES, RATIO, RANK, WIDTH, BIAS);

    ScanSizes {
        if (states < 1 || !(ratio > 0) || Double.isInfinite(ratio) || dtRank < 0) {
            throw new IllegalArgumentException(
                    "a scan of maps needs at least 1 state, a ratio above 0 and rank 0 (automatic), not %s, %s and %s"
                            .formatted(states, ratio, dtRank));
        }
        if (convolutionWidth < 0 || convolutionWidth > 1 && convolutionWidth % 2 == 0) {
            throw new IllegalArgumentException(
                    "the convolution of a map has an odd width such as 3, or 0 for none, not "
                            + convolutionWidth);
        }
    }

    static ScanSizes of(Settings values) {
        return new ScanSizes(
                values.whole(STATES),
                values.number(RATIO),
                values.whole(RANK),
                values.whole(WIDTH),
                values.flag(BIAS));
    }

    Map<String, String> settings() {
        Map<String, String> values = new LinkedHashMap<>();
        values.put(STATES.name(), Integer.toString(states));
        values.put(RATIO.name(), Setting.plain(ratio));
        values.put(RANK.name(), Integer.toString(dtRank));
        values.put(WIDTH.name(), Integer.toString(convolutionWidth));
        values.put(BIAS.name(), Boolean.toString(convolutionBias));
        return values;
    }

    /** Returns E of a model with D channels. */
    int innerSize(int hiddenSize) {
        return (int) Math.min(ratio * hiddenSize, Integer.MAX_VALUE);
    }

    /** Returns R of a model with D channels. */
    int dtRank(int hiddenSize) {
        return dtRank > 0 ? dtRank : (hiddenSize + 15) / 16;
    }

    boolean convolves() {
        return convolutionWidth > 1;
    }

    /** Refuses videos, and sizes that no model has. */
    void check(String mixer, int hiddenSize, Grid grid) {
        MapGrid.requireOneFrame(mixer, grid);
        int inner = innerSize(hiddenSize);
        if (inner < 1 || inner > LARGEST) {
            throw new IllegalArgumentException(
                    "mixer %s has %s inner channels; choose a ratio that makes 1 to %s"
                            .formatted(mixer, inner, LARGEST));
        }
    }

    /** Returns what a parameter of the scan starts from (VMamba 2024, official mamba_init). */
    Optional<float[]> initial(String name, Shape shape, SplittableRandom random) {
        return Optional.ofNullable(
                switch (name) {
                    case "A_logs" -> StateValues.decayLog(shape);
                    case "Ds", "out_norm.weight" -> InitialValues.constant(shape, 1);
                    case "dt_projs_bias" -> StateValues.stepBias(shape, random);
                    // the last axis is what an output is computed from; the first counts directions
                    case "x_proj_weight", "dt_projs_weight" ->
                            InitialValues.uniform(shape, 1 / Math.sqrt(shape.get(2)), random);
                    case "conv2d.weight", "conv2d.bias" ->
                            InitialValues.uniform(shape, 1.0 / convolutionWidth, random);
                    default -> null;
                });
    }
}
