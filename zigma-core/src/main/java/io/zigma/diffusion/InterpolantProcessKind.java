package io.zigma.diffusion;

import io.zigma.base.Named;
import io.zigma.base.Setting;
import io.zigma.base.Settings;
import java.util.Arrays;
import java.util.List;

/** The entry of {@link InterpolantProcess} in the registry. */
final class InterpolantProcessKind implements ProcessKind {

    static final ProcessKind INSTANCE = new InterpolantProcessKind();

    private static final Setting PATH =
            Setting.choice(
                    "path",
                    "the path from noise to data",
                    "linear",
                    labels(InterpolantKind.values()));
    private static final Setting PREDICTION =
            Setting.choice(
                    "prediction",
                    "what the network predicts",
                    "velocity",
                    labels(Prediction.values()));
    private static final Setting WEIGHT =
            Setting.choice(
                    "loss-weight",
                    "how the loss of noise and score depends on time",
                    "none",
                    labels(LossWeight.values()));
    private static final Setting NOISE_SCALE =
            Setting.number(
                    "noise-scale",
                    "standard deviation of the noise; more for larger images",
                    1,
                    1e-3,
                    1e3);
    private static final Setting LEAST_SIGMA =
            Setting.number(
                    "least-sigma",
                    "for predicted data: lower bound of the sigma that is divided by",
                    InterpolantProcess.LEAST_SIGMA,
                    0,
                    0.999);

    private static final Setting NETWORK_TIME =
            Setting.choice(
                    "network-time",
                    "what the network is given for a time, the progress or 999 to 0",
                    NetworkTime.PROGRESS.label(),
                    labels(NetworkTime.values()));

    private InterpolantProcessKind() {}

    @Override
    public String name() {
        return "interpolant";
    }

    @Override
    public String purpose() {
        return "a path x = alpha(t) data + sigma(t) noise with continuous time (SiT, ZigMa, JiT)";
    }

    @Override
    public List<Setting> settings() {
        return List.of(PATH, PREDICTION, WEIGHT, NOISE_SCALE, LEAST_SIGMA, NETWORK_TIME);
    }

    @Override
    public DiffusionProcess create(Settings values) {
        return new InterpolantProcess(
                InterpolantKind.parse(values.text(PATH)),
                Prediction.parse(values.text(PREDICTION)),
                LossWeight.parse(values.text(WEIGHT)),
                values.number(NOISE_SCALE),
                values.number(LEAST_SIGMA),
                NetworkTime.parse(values.text(NETWORK_TIME)));
    }

    private static List<String> labels(Named[] choices) {
        return Arrays.stream(choices).map(Named::label).toList();
    }
}
