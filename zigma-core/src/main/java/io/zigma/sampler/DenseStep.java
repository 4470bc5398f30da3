package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;

/**
 * One Dormand–Prince step with all that is needed to interpolate inside it; it holds its arrays
 * until closed.
 */
final class DenseStep implements AutoCloseable {

    /** Weights of the state in the middle of the step (Shampine 1986). */
    private static final double[] MIDDLE = {
        6025192743.0 / 30085553152.0 / 2,
        0,
        51252292925.0 / 65400821598.0 / 2,
        -2691868925.0 / 45128329728.0 / 2,
        187940372067.0 / 1594534317056.0 / 2,
        -1776094331.0 / 19743644256.0 / 2,
        11237099.0 / 235043384.0 / 2
    };

    private final NDManager scope;
    private final NDArray start;
    private final NDArray end;
    private final List<NDArray> velocities;
    private final double startTime;
    private final double endTime;
    private final double error;

    /** Measures a step's error. */
    @FunctionalInterface
    interface ErrorNorm {
        /** Returns the error in units of the tolerance, given the step's size and velocities. */
        double of(NDArray from, NDArray to, double h, List<NDArray> velocities);
    }

    private DenseStep(
            NDManager scope,
            NDArray start,
            List<NDArray> velocities,
            double startTime,
            double endTime,
            ErrorNorm norm) {
        this.scope = scope;
        this.start = start;
        this.velocities = velocities;
        this.startTime = startTime;
        this.endTime = endTime;
        end = DormandPrince.TABLEAU.step(start, size(), velocities);
        error = norm.of(start, end, size(), velocities);
    }

    /**
     * Takes a step from x, whose velocity is already known. The step owns its arrays: x and the
     * velocity are copied.
     *
     * @param work the parent of the step's manager
     */
    static DenseStep take(
            NDManager work,
            OdeSolver.Field field,
            NDArray x,
            NDArray velocity,
            double from,
            double to,
            ErrorNorm norm) {
        NDManager scope = work.newSubManager();
        boolean done = false;
        try {
            NDArray start = x.duplicate();
            start.attach(scope);
            List<NDArray> velocities = new ArrayList<>();
            NDArray first = velocity.duplicate();
            first.attach(scope);
            velocities.add(first);
            for (int i = 1; i < DormandPrince.TABLEAU.stageCount(); i++) {
                velocities.add(
                        DormandPrince.TABLEAU.stage(i, field, start, from, to - from, velocities));
            }
            DenseStep step = new DenseStep(scope, start, velocities, from, to, norm);
            done = true;
            return step;
        } finally {
            if (!done) {
                scope.close();
            }
        }
    }

    NDArray start() {
        return start;
    }

    NDArray startVelocity() {
        return velocities.get(0);
    }

    double startTime() {
        return startTime;
    }

    NDArray end() {
        return end;
    }

    NDArray endVelocity() {
        return velocities.get(velocities.size() - 1);
    }

    double endTime() {
        return endTime;
    }

    /** The signed size. */
    double size() {
        return endTime - startTime;
    }

    /** The error in units of the tolerance. */
    double error() {
        return error;
    }

    /** Whether a time is beyond the end of this step, in the step's direction. */
    boolean isBefore(double time) {
        return (time - endTime) * size() > 0;
    }

    /**
     * Returns the state at a time inside the step, from the quartic through both ends, their
     * velocities and the middle; fourth order, and exactly the end at its time.
     */
    NDArray at(double time) {
        double s = (time - startTime) / size(); // 0 at the start, 1 at the end
        double fromMiddle = s * s * (16 + s * (-32 + s * 16));
        double fromEnd = s * s * (-5 + s * (14 - s * 8));
        double fromStartVelocity = s * (1 + s * (-4 + s * (5 - s * 2)));
        double fromEndVelocity = s * s * (1 + s * (-3 + s * 2));
        double fromStart = 1 - fromMiddle - fromEnd;
        try (NDArray middle = Tableau.advance(start, size(), MIDDLE, velocities);
                NDArray zero = start.zerosLike()) {
            return Tableau.advance(
                    zero,
                    1,
                    new double[] {
                        fromStart,
                        fromMiddle,
                        fromEnd,
                        size() * fromStartVelocity,
                        size() * fromEndVelocity
                    },
                    List.of(start, middle, end, startVelocity(), endVelocity()));
        }
    }

    @Override
    public void close() {
        scope.close();
    }
}
