package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.List;

/**
 * The adaptive Dormand–Prince 5(4) method with dense output: it chooses its own steps and
 * interpolates at the times asked for, so these cost nothing. It never steps past the last time.
 *
 * <p>Dormand and Prince 1980; first step and step control as in Hairer, Nørsett and Wanner 1993,
 * section II.4; error norm, limits and interpolant as in torchdiffeq 0.2.5. The error is measured
 * over the whole array: the samples of a batch have the same steps.
 */
final class DormandPrince implements OdeSolver {

    /** Stage 7 is the velocity at the end of the step, and the next step's stage 1. */
    static final Tableau TABLEAU =
            new Tableau(
                    5,
                    new double[] {0, 1.0 / 5, 3.0 / 10, 4.0 / 5, 8.0 / 9, 1, 1},
                    new double[][] {
                        {},
                        {1.0 / 5},
                        {3.0 / 40, 9.0 / 40},
                        {44.0 / 45, -56.0 / 15, 32.0 / 9},
                        {19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
                        {9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656},
                        {35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84}
                    },
                    new double[] {
                        35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84, 0
                    });

    /** Fifth-order weights less the embedded ones (Shampine 1986's choice of fourth order). */
    private static final double[] ERROR = {
        35.0 / 384 - 1951.0 / 21600,
        0,
        500.0 / 1113 - 22642.0 / 50085,
        125.0 / 192 - 451.0 / 720,
        -2187.0 / 6784 + 12231.0 / 42400,
        11.0 / 84 - 649.0 / 6300,
        -1.0 / 60
    };

    private static final double SAFETY = 0.9;
    private static final double MOST_GROWTH = 10;
    private static final double LEAST_GROWTH = 0.2;

    private final double relativeTolerance;
    private final double absoluteTolerance;

    /**
     * Sets the tolerances: a step's error may be {@code absolute + relative·|x|}, in the root mean
     * square over the array.
     */
    DormandPrince(double relative, double absolute) {
        relativeTolerance = relative;
        absoluteTolerance = absolute;
    }

    @Override
    public NDArray solve(Field field, NDArray start, double[] times, Observer observer) {
        NDManager owner = start.getManager();
        try (NDManager work = owner.newSubManager()) {
            NDArray x = start.duplicate();
            x.attach(work);
            NDArray velocity = field.at(x, times[0]);
            double end = times[times.length - 1];
            double h = firstStep(field, x, velocity, times[0], end);
            DenseStep last = accept(work, field, x, velocity, times[0], h, end);
            for (int i = 1; ; i++) {
                while (last.isBefore(times[i])) {
                    DenseStep next =
                            accept(
                                    work,
                                    field,
                                    last.end(),
                                    last.endVelocity(),
                                    last.endTime(),
                                    last.size() * growth(last.error()),
                                    end);
                    last.close();
                    last = next;
                }
                NDArray reached = last.at(times[i]);
                reached.attach(work);
                observer.reached(i, reached, last.start(), last.startVelocity(), last.startTime());
                if (i == times.length - 1) {
                    reached.attach(owner);
                    return reached;
                }
                reached.close();
            }
        }
    }

    /**
     * Tries steps of falling size until the error is small enough.
     *
     * @param work the parent of the step's manager
     * @param h the signed size to begin with
     * @param end where to stop: a model is not trained for times beyond it
     */
    private DenseStep accept(
            NDManager work,
            Field field,
            NDArray x,
            NDArray velocity,
            double t,
            double h,
            double end) {
        double size = h;
        while (true) {
            double to = Math.abs(size) < Math.abs(end - t) ? t + size : end;
            if (to == t) {
                throw new ArithmeticException(
                        "dopri5 cannot continue at t = %s, its step became too small; loosen the tolerances"
                                .formatted(t));
            }
            DenseStep step = DenseStep.take(work, field, x, velocity, t, to, this::error);
            if (step.error() <= 1) {
                return step;
            }
            if (Double.isNaN(step.error())) {
                throw new ArithmeticException(
                        "the model returned something that is not a number near t = %s"
                                .formatted(t));
            }
            size = step.size() * growth(step.error());
            step.close();
        }
    }

    /** The root mean square of a step's error in units of the tolerance. */
    private double error(NDArray from, NDArray to, double h, List<NDArray> k) {
        try (NDArray zero = from.zerosLike();
                NDArray difference = Tableau.advance(zero, h, ERROR, k);
                NDArray fromSize = from.abs();
                NDArray toSize = to.abs();
                NDArray larger = fromSize.maximum(toSize);
                NDArray relative = larger.mul(relativeTolerance);
                NDArray tolerance = relative.add(absoluteTolerance)) {
            return rootMeanSquare(difference, tolerance);
        }
    }

    private static double growth(double error) {
        if (error == 0) {
            return MOST_GROWTH;
        }
        double least = error < 1 ? 1 : LEAST_GROWTH;
        double wanted = SAFETY * Math.pow(error, -1.0 / TABLEAU.order());
        return Math.min(MOST_GROWTH, Math.max(wanted, least));
    }

    /** A signed first step for which an Euler step's error would be about a hundredth of x. */
    private double firstStep(Field field, NDArray x, NDArray velocity, double t, double end) {
        double span = Math.abs(end - t);
        double direction = Math.signum(end - t);
        try (NDArray size = x.abs();
                NDArray relative = size.mul(relativeTolerance);
                NDArray scale = relative.add(absoluteTolerance)) {
            double state = rootMeanSquare(x, scale);
            double speed = rootMeanSquare(velocity, scale);
            double guess = state < 1e-5 || speed < 1e-5 ? 1e-6 : 0.01 * state / speed;
            guess = Math.min(guess, span);
            try (NDArray ahead =
                            Tableau.advance(
                                    x, direction * guess, new double[] {1}, List.of(velocity));
                    NDArray velocityAhead = field.at(ahead, t + direction * guess);
                    NDArray bend = velocityAhead.sub(velocity)) {
                double curvature = rootMeanSquare(bend, scale) / guess;
                double sharpest = Math.max(speed, curvature);
                double second =
                        sharpest <= 1e-15
                                ? Math.max(1e-6, guess * 1e-3)
                                : Math.pow(0.01 / sharpest, 1.0 / TABLEAU.order());
                return direction * Math.min(100 * guess, second);
            }
        }
    }

    private static double rootMeanSquare(NDArray x, NDArray unit) {
        try (NDArray ratio = x.div(unit);
                NDArray square = ratio.square();
                NDArray mean = square.mean();
                NDArray wide = mean.toType(DataType.FLOAT64, true)) {
            return Math.sqrt(wide.getDouble());
        }
    }
}
