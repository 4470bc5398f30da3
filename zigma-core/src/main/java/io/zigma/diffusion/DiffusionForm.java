package io.zigma.diffusion;

import io.zigma.base.Named;

/** The diffusion coefficients under the names that users write. */
enum DiffusionForm implements Named {
    CONSTANT("constant"),
    SBDM("sbdm"),
    SIGMA("sigma"),
    LINEAR("linear"),
    DECREASING("decreasing"),
    INCREASING_DECREASING("increasing-decreasing");

    private final String label;

    DiffusionForm(String label) {
        this.label = label;
    }

    @Override
    public String label() {
        return label;
    }

    DiffusionCoefficient coefficient(double norm) {
        return switch (this) {
            case CONSTANT -> new DiffusionCoefficient.Constant(norm);
            case SBDM -> new DiffusionCoefficient.Sbdm(norm);
            case SIGMA -> new DiffusionCoefficient.Sigma(norm);
            case LINEAR -> new DiffusionCoefficient.LinearDecay(norm);
            case DECREASING -> new DiffusionCoefficient.Decreasing(norm);
            case INCREASING_DECREASING -> new DiffusionCoefficient.IncreasingDecreasing(norm);
        };
    }
}
