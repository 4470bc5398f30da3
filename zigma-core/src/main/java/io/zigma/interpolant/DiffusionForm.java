package io.zigma.interpolant;

import java.util.function.DoubleFunction;

/** The diffusion coefficients under the names that users write. */
enum DiffusionForm implements Named {
    CONSTANT("constant", DiffusionCoefficient.Constant::new),
    SBDM("sbdm", DiffusionCoefficient.Sbdm::new),
    SIGMA("sigma", DiffusionCoefficient.Sigma::new),
    LINEAR("linear", DiffusionCoefficient.LinearDecay::new),
    DECREASING("decreasing", DiffusionCoefficient.Decreasing::new),
    INCREASING_DECREASING("increasing-decreasing", DiffusionCoefficient.IncreasingDecreasing::new);

    private final String label;
    private final DoubleFunction<DiffusionCoefficient> make;

    DiffusionForm(String label, DoubleFunction<DiffusionCoefficient> make) {
        this.label = label;
        this.make = make;
    }

    @Override
    public String label() {
        return label;
    }

    DiffusionCoefficient coefficient(double norm) {
        return make.apply(norm);
    }
}
