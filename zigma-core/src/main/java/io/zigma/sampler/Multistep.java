package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * Steps that use again what the model said at the steps before: divided differences in λ stand for
 * the derivatives of what is said (Lu et al. 2022b, algorithm 2; official {@code
 * multistep_dpm_solver_update}).
 *
 * <p>The third order takes half of the second derivative's term, as the official code has it.
 */
final class Multistep implements Leg.Rule {

    private static final int MEMORY = 3;

    private final HalfLinear equation;
    private final boolean taylor;
    private final Deque<Said> before = new ArrayDeque<>(); // the latest first

    /** What was said, and when. */
    private record Said(double t, NDArray m) {}

    Multistep(HalfLinear equation, boolean taylor) {
        this.equation = equation;
        this.taylor = taylor;
    }

    @Override
    public NDArray take(NDArray x, NDArray said, Leg leg, NDManager work) {
        NDArray own = said.duplicate();
        own.attach(work);
        before.addFirst(new Said(leg.from(), own));
        if (before.size() > MEMORY) {
            before.removeLast().m().close();
        }
        return switch (leg.order()) {
            case 1 -> first(x, leg);
            case 2 -> second(x, leg);
            default -> third(x, leg);
        };
    }

    private NDArray first(NDArray x, Leg leg) {
        double z = equation.z(leg.from(), leg.to());
        return equation.step(
                x, leg.from(), leg.to(), new double[] {HalfLinear.phi1(z)}, before.getFirst().m());
    }

    private NDArray second(NDArray x, Leg leg) {
        Iterator<Said> said = before.iterator();
        Said now = said.next();
        Said last = said.next();
        double z = equation.z(leg.from(), leg.to());
        double r0 = ratio(now.t(), last.t(), leg);
        double phi1 = HalfLinear.phi1(z);
        double slope = (taylor ? HalfLinear.phi2(z) : 0.5 * phi1) / r0; // of m₀ − m₁
        return equation.step(
                x, leg.from(), leg.to(), new double[] {phi1 + slope, -slope}, now.m(), last.m());
    }

    private NDArray third(NDArray x, Leg leg) {
        Iterator<Said> said = before.iterator();
        Said now = said.next();
        Said last = said.next();
        Said oldest = said.next();
        double z = equation.z(leg.from(), leg.to());
        double r0 = ratio(now.t(), last.t(), leg);
        double r1 = ratio(last.t(), oldest.t(), leg);
        double phi2 = HalfLinear.phi2(z);
        double bend = (phi2 * r0 + HalfLinear.phi3(z)) / (r0 + r1); // of both differences
        double near = (phi2 + bend) / r0; // of m₀ − m₁
        double far = -bend / r1; // of m₁ − m₂
        return equation.step(
                x,
                leg.from(),
                leg.to(),
                new double[] {HalfLinear.phi1(z) + near, far - near, -far},
                now.m(),
                last.m(),
                oldest.m());
    }

    /** The size of an earlier step in units of this one, in λ. */
    private double ratio(double later, double earlier, Leg leg) {
        return (equation.lambda(later) - equation.lambda(earlier))
                / (equation.lambda(leg.to()) - equation.lambda(leg.from()));
    }
}
