package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;

/**
 * The two-step Adams–Bashforth method, order 2 at one evaluation a step: the slope of the step
 * before is used again, in the place of a second evaluation.
 *
 * <p>With slopes f at the last two times, h the step to take and g the one before, x + h·((1 +
 * h/2g)·fₙ − (h/2g)·fₙ₋₁), which is exact for slopes that change linearly in time (Hairer, Nørsett
 * and Wanner 1993, section III.5, for steps of any size). The first step, which has none before it,
 * is Euler's: its error is of the order of what all steps together add up to.
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
                NDArray slope = field.at(x, times[i - 1]);
                NDArray next;
                if (before == null) {
                    next = Tableau.advance(x, h, new double[] {1}, List.of(slope));
                } else {
                    double share = h / (2 * (times[i - 1] - times[i - 2]));
                    double[] weights = {1 + share, -share};
                    next = Tableau.advance(x, h, weights, List.of(slope, before));
                    before.close();
                }
                observer.reached(i, next, x, slope, times[i - 1]);
                x.close();
                x = next;
                before = slope;
            }
            x.attach(owner);
            return x;
        }
    }
}
