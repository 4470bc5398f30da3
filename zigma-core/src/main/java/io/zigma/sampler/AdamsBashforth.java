package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;

/**
 * The two-step Adams–Bashforth method, order 2 at one evaluation a step: the velocity of the step
 * before is used in place of a second evaluation.
 *
 * <p>With velocities f at the last two times, h the step to take and g the one before, x + h·((1 +
 * h/2g)·fₙ − (h/2g)·fₙ₋₁), which is exact for velocities linear in time (Hairer, Nørsett and Wanner
 * 1993, section III.5, for steps of any size). The first step, which has none before it, is
 * Euler's: its local error is of the order of the method's global error.
 */
final class AdamsBashforth implements OdeSolver {

    @Override
    public NDArray solve(Field field, NDArray start, double[] times, Observer observer) {
        NDManager owner = start.getManager();
        try (NDManager work = owner.newSubManager()) {
            NDArray x = start.duplicate();
            x.attach(work);
            NDArray before = null;
            for (int i = 1; i < times.length; i++) {
                double h = times[i] - times[i - 1];
                NDArray velocity = field.at(x, times[i - 1]);
                NDArray next;
                if (before == null) {
                    next = Tableau.advance(x, h, new double[] {1}, List.of(velocity));
                } else {
                    double ratio = h / (2 * (times[i - 1] - times[i - 2]));
                    double[] weights = {1 + ratio, -ratio};
                    next = Tableau.advance(x, h, weights, List.of(velocity, before));
                    before.close();
                }
                observer.reached(i, next, x, velocity, times[i - 1]);
                x.close();
                x = next;
                before = velocity;
            }
            x.attach(owner);
            return x;
        }
    }
}
