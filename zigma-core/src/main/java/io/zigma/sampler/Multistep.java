package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * Steps that use the predictions of the steps before: divided differences in λ approximate the
 * derivatives of the prediction (Lu et al. 2022b, algorithm 2; official {@code
 * multistep_dpm_solver_update}).
 *
 * <p>The third order takes half of the second derivative's term, as in the official code.
 */
final class Multistep implements DpmStep.Rule {

    private static final int MEMORY = 3;

    private final HalfLinear equation;
    private final boolean taylor;
    private final Deque<Predicted> before = new ArrayDeque<>(); // the latest first

    /** A prediction and its time. */
    private record Predicted(double t, NDArray m) {}

    Multistep(HalfLinear equation, boolean taylor) {
        this.equation = equation;
        this.taylor = taylor;
    }

    @Override
    public NDArray take(NDArray x, NDArray predicted, DpmStep step, NDManager work) {
        NDArray own = predicted.duplicate();
        own.attach(work);
        before.addFirst(new Predicted(step.from(), own));
        if (before.size() > MEMORY) {
            before.removeLast().m().close();
        }
        return switch (step.order()) {
            case 1 -> first(x, step);
            case 2 -> second(x, step);
            default -> third(x, step);
        };
    }

    private NDArray first(NDArray x, DpmStep step) {
        double z = equation.z(step.from(), step.to());
        return equation.step(
                x,
                step.from(),
                step.to(),
                new double[] {HalfLinear.phi1(z)},
                before.getFirst().m());
    }

    private NDArray second(NDArray x, DpmStep step) {
        Iterator<Predicted> predicted = before.iterator();
        Predicted now = predicted.next();
        Predicted last = predicted.next();
        double z = equation.z(step.from(), step.to());
        double r0 = ratio(now.t(), last.t(), step);
        double phi1 = HalfLinear.phi1(z);
        double correction = (taylor ? HalfLinear.phi2(z) : 0.5 * phi1) / r0; // of m₀ − m₁
        return equation.step(
                x,
                step.from(),
                step.to(),
                new double[] {phi1 + correction, -correction},
                now.m(),
                last.m());
    }

    private NDArray third(NDArray x, DpmStep step) {
        Iterator<Predicted> predicted = before.iterator();
        Predicted now = predicted.next();
        Predicted last = predicted.next();
        Predicted oldest = predicted.next();
        double z = equation.z(step.from(), step.to());
        double r0 = ratio(now.t(), last.t(), step);
        double r1 = ratio(last.t(), oldest.t(), step);
        double phi2 = HalfLinear.phi2(z);
        double bend = (phi2 * r0 + HalfLinear.phi3(z)) / (r0 + r1); // of both differences
        double near = (phi2 + bend) / r0; // of m₀ − m₁
        double far = -bend / r1; // of m₁ − m₂
        return equation.step(
                x,
                step.from(),
                step.to(),
                new double[] {HalfLinear.phi1(z) + near, far - near, -far},
                now.m(),
                last.m(),
                oldest.m());
    }

    /** The size of an earlier step in units of this one, in λ. */
    private double ratio(double later, double earlier, DpmStep step) {
        return (equation.lambda(later) - equation.lambda(earlier))
                / (equation.lambda(step.to()) - equation.lambda(step.from()));
    }
}
