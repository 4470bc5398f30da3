package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * Steps that evaluate the model in between and use no earlier evaluations (Lu et al. 2022,
 * algorithms 1 and 2; Lu et al. 2022b, algorithm 1; official {@code singlestep_dpm_solver_update}).
 */
final class Singlestep implements DpmStep.Rule {

    private final HalfLinear equation;
    private final Denoiser model;
    private final boolean taylor;

    Singlestep(HalfLinear equation, Denoiser model, boolean taylor) {
        this.equation = equation;
        this.model = model;
        this.taylor = taylor;
    }

    @Override
    public NDArray take(NDArray x, NDArray predicted, DpmStep step, NDManager work) {
        return switch (step.order()) {
            case 1 -> first(x, predicted, step, step.to());
            case 2 -> second(x, predicted, step);
            default -> third(x, predicted, step);
        };
    }

    private NDArray first(NDArray x, NDArray predicted, DpmStep step, double to) {
        double z = equation.z(step.from(), to);
        return equation.step(x, step.from(), to, new double[] {HalfLinear.phi1(z)}, predicted);
    }

    private NDArray second(NDArray x, NDArray m0, DpmStep step) {
        double t1 = step.between()[0];
        NDArray m1 = predicted(first(x, m0, step, t1), t1);
        double z = equation.z(step.from(), step.to());
        double phi1 = HalfLinear.phi1(z);
        double correction = (taylor ? HalfLinear.phi2(z) : 0.5 * phi1) / part(t1, step);
        return equation.step(
                x, step.from(), step.to(), new double[] {phi1 - correction, correction}, m0, m1);
    }

    private NDArray third(NDArray x, NDArray m0, DpmStep step) {
        double t1 = step.between()[0];
        double t2 = step.between()[1];
        double r1 = part(t1, step);
        double r2 = part(t2, step);
        NDArray m1 = predicted(first(x, m0, step, t1), t1);
        double z2 = equation.z(step.from(), t2);
        double correction2 = r2 / r1 * HalfLinear.phi2(z2);
        NDArray x2 =
                equation.step(
                        x,
                        step.from(),
                        t2,
                        new double[] {HalfLinear.phi1(z2) - correction2, correction2},
                        m0,
                        m1);
        NDArray m2 = predicted(x2, t2);
        double z = equation.z(step.from(), step.to());
        double phi2 = HalfLinear.phi2(z);
        double near = 0; // of m₁ − m₀
        double far = phi2 / r2; // of m₂ − m₀
        if (taylor) {
            double phi3 = HalfLinear.phi3(z);
            near = (phi2 * r2 - 2 * phi3) / (r2 - r1) / r1;
            far = (2 * phi3 - phi2 * r1) / (r2 - r1) / r2;
        }
        return equation.step(
                x,
                step.from(),
                step.to(),
                new double[] {HalfLinear.phi1(z) - near - far, near, far},
                m0,
                m1,
                m2);
    }

    private NDArray predicted(NDArray x, double t) {
        return equation.predicted(model.at(x, t));
    }

    /** How far a time is into the step, in λ. */
    private double part(double t, DpmStep step) {
        return (equation.lambda(t) - equation.lambda(step.from()))
                / (equation.lambda(step.to()) - equation.lambda(step.from()));
    }
}
