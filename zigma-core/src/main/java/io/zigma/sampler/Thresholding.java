package io.zigma.sampler;

import io.zigma.base.Setting;
import io.zigma.base.Settings;
import java.util.List;
import java.util.Map;

/**
 * Whether a solver clips the data that a model predicts.
 *
 * @param dynamic whether it does, with {@link DynamicThresholding}
 * @param ratio the quantile
 * @param least lower bound of the clipping limit
 */
record Thresholding(boolean dynamic, double ratio, double least) {

    static final Thresholding NONE = new Thresholding(false, 0.995, 1);

    private static final Setting KIND =
            Setting.choice(
                    "thresholding",
                    "clip the predicted data; for models of pixels",
                    "none",
                    List.of("none", "dynamic"));
    private static final Setting RATIO =
            Setting.number("threshold-ratio", "quantile of the magnitudes", NONE.ratio, 0.01, 1);
    private static final Setting LEAST =
            Setting.number(
                    "threshold-max", "lower bound of the clipping limit", NONE.least, 1e-3, 1e3);

    static final List<Setting> SETTINGS = List.of(KIND, RATIO, LEAST);

    static Thresholding of(Settings values) {
        return new Thresholding(
                values.text(KIND).equals("dynamic"), values.number(RATIO), values.number(LEAST));
    }

    void describe(Map<String, String> options) {
        options.put(KIND.name(), dynamic ? "dynamic" : "none");
        options.put(RATIO.name(), Setting.plain(ratio));
        options.put(LEAST.name(), Setting.plain(least));
    }

    Denoiser around(Denoiser model) {
        return dynamic ? new DynamicThresholding(model, ratio, least) : model;
    }
}
