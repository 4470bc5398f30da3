package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * Steps that ask the model in between and remember nothing (Lu et al. 2022, algorithms 1 and 2; Lu
 * et al. 2022b, algorithm 1; official {@code singlestep_dpm_solver_update}).
 */
final class Singlestep implements Leg.Rule {

    private final HalfLinear equation;
    private final Denoiser model;
    private final boolean taylor;

    Singlestep(HalfLinear equation, Denoiser model, boolean taylor) {
        this.equation = equation;
        this.model = model;
        this.taylor = taylor;
    }

    @Override
    public NDArray take(NDArray x, NDArray said, Leg leg, NDManager work) {
        return switch (leg.order()) {
            case 1 -> first(x, said, leg, leg.to());
            case 2 -> second(x, said, leg);
            default -> third(x, said, leg);
        };
    }

    private NDArray first(NDArray x, NDArray said, Leg leg, double to) {
        double z = equation.z(leg.from(), to);
        return equation.step(x, leg.from(), to, new double[] {HalfLinear.phi1(z)}, said);
    }

    private NDArray second(NDArray x, NDArray m0, Leg leg) {
        double t1 = leg.between()[0];
        NDArray m1 = said(first(x, m0, leg, t1), t1);
        double z = equation.z(leg.from(), leg.to());
        double phi1 = HalfLinear.phi1(z);
        double slope = (taylor ? HalfLinear.phi2(z) : 0.5 * phi1) / part(t1, leg);
        return equation.step(x, leg.from(), leg.to(), new double[] {phi1 - slope, slope}, m0, m1);
    }

    private NDArray third(NDArray x, NDArray m0, Leg leg) {
        double t1 = leg.between()[0];
        double t2 = leg.between()[1];
        double r1 = part(t1, leg);
        double r2 = part(t2, leg);
        NDArray m1 = said(first(x, m0, leg, t1), t1);
        double z2 = equation.z(leg.from(), t2);
        double slope2 = r2 / r1 * HalfLinear.phi2(z2);
        NDArray x2 =
                equation.step(
                        x,
                        leg.from(),
                        t2,
                        new double[] {HalfLinear.phi1(z2) - slope2, slope2},
                        m0,
                        m1);
        NDArray m2 = said(x2, t2);
        double z = equation.z(leg.from(), leg.to());
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
                leg.from(),
                leg.to(),
                new double[] {HalfLinear.phi1(z) - near - far, near, far},
                m0,
                m1,
                m2);
    }

    private NDArray said(NDArray x, double t) {
        return equation.said(model.at(x, t));
    }

    /** How far a time is into the step, in λ. */
    private double part(double t, Leg leg) {
        return (equation.lambda(t) - equation.lambda(leg.from()))
                / (equation.lambda(leg.to()) - equation.lambda(leg.from()));
    }
}
