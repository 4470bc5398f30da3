package io.zigma.sampler;

import io.zigma.base.Setting;
import io.zigma.base.Settings;
import java.util.List;

/** The entries of {@link OdeSampler} in the registry, one for each method. */
record OdeSamplerKind(OdeMethod method) implements SamplerKind {

    static final Setting RTOL =
            Setting.number("rtol", "relative tolerance of a step", OdeSampler.RELATIVE, 1e-12, 1);
    static final Setting ATOL =
            Setting.number("atol", "absolute tolerance of a step", OdeSampler.ABSOLUTE, 1e-12, 1);
    static final Setting INVERSE =
            Setting.flag("inverse", "go from data to the noise that they come from", false);

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
        return method.adaptive() ? List.of(RTOL, ATOL, INVERSE) : List.of(INVERSE);
    }

    @Override
    public Sampler create(int steps, Settings values) {
        return method.adaptive()
                ? new OdeSampler(
                        method,
                        steps,
                        values.number(RTOL),
                        values.number(ATOL),
                        values.flag(INVERSE))
                : new OdeSampler(
                        method,
                        steps,
                        OdeSampler.RELATIVE,
                        OdeSampler.ABSOLUTE,
                        values.flag(INVERSE));
    }
}
