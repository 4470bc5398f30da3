package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;

/** An explicit Runge–Kutta method that takes one step from each time to the next. */
abstract class FixedStepSolver implements OdeSolver {

    /** The method's coefficients. */
    abstract Tableau tableau();

    /** The coefficients of the last step. */
    Tableau last() {
        return tableau();
    }

    @Override
    public final NDArray solve(Field field, NDArray start, double[] times, Observer observer) {
        NDManager owner = start.getManager();
        try (NDManager work = owner.newSubManager()) {
            NDArray x = start.duplicate();
            x.attach(work);
            for (int i = 1; i < times.length; i++) {
                Tableau tableau = i == times.length - 1 ? last() : tableau();
                x = step(tableau, field, x, times[i - 1], times[i], i, observer);
            }
            x.attach(owner);
            return x;
        }
    }

    /** Takes one step and closes x; the result is on x's manager. */
    private NDArray step(
            Tableau tableau,
            Field field,
            NDArray x,
            double from,
            double to,
            int index,
            Observer observer) {
        NDManager work = x.getManager();
        try (NDManager scope = work.newSubManager()) {
            x.attach(scope);
            List<NDArray> k = new ArrayList<>();
            for (int i = 0; i < tableau.stageCount(); i++) {
                k.add(tableau.stage(i, field, x, from, to - from, k));
            }
            NDArray next = tableau.step(x, to - from, k);
            observer.reached(index, next, x, k.get(0), from);
            next.attach(work);
            return next;
        }
    }
}
