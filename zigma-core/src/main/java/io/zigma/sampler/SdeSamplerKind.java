package io.zigma.sampler;

import io.zigma.base.Named;
import io.zigma.base.Setting;
import io.zigma.base.Settings;
import io.zigma.diffusion.DiffusionCoefficient;
import java.util.Arrays;
import java.util.List;

/** The entries of {@link SdeSampler} in the registry, one for each method. */
record SdeSamplerKind(SdeMethod method) implements SamplerKind {

    static final Setting DIFFUSION =
            Setting.choice(
                    "diffusion",
                    "how much noise is added, w(t)",
                    "sigma",
                    DiffusionCoefficient.names());
    static final Setting NORM =
            Setting.number("diffusion-norm", "factor of the diffusion", 1, 1e-6, 1e6);
    static final Setting LAST_STEP =
            Setting.choice(
                    "last-step",
                    "the step without noise at the end",
                    "mean",
                    Arrays.stream(LastStep.values()).map(Named::label).toList());
    static final Setting LAST_STEP_SIZE =
            Setting.number(
                    "last-step-size",
                    "its size, a fraction of the time range",
                    SdeSampler.LAST_STEP_SIZE,
                    1e-6,
                    0.999);

    @Override
    public String name() {
        return method.label();
    }

    @Override
    public String purpose() {
        return method.purpose();
    }

    @Override
    public List<Setting> settings() {
        return List.of(DIFFUSION, NORM, LAST_STEP, LAST_STEP_SIZE);
    }

    @Override
    public Sampler create(int steps, Settings values) {
        return new SdeSampler(
                method,
                steps,
                DiffusionCoefficient.parse(values.text(DIFFUSION), values.number(NORM)),
                LastStep.parse(values.text(LAST_STEP)),
                values.number(LAST_STEP_SIZE));
    }
}
