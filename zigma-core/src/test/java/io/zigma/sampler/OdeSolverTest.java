package io.zigma.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On x′ = x cos t, which x = exp(sin t) solves, in double precision. */
class OdeSolverTest {

    private static final OdeSolver.Field FIELD = (x, t) -> x.mul(Math.cos(t));
    private static final OdeSolver.Observer NO_OBSERVER =
            (index, x, previous, velocity, time) -> {};

    @ParameterizedTest(name = "{0} has order {1}")
    // AB2 has two errors of opposite signs, from its first step and from all others
    @CsvSource({
        "EULER, 1, 32",
        "AB2, 2, 256",
        "HEUN, 2, 32",
        "MIDPOINT, 2, 32",
        "HEUN3, 3, 32",
        "RK4, 4, 32"
    })
    void halvingTheStepDividesTheErrorByTwoToTheOrder(OdeMethod method, int order, int steps) {
        OdeSolver solver = method.solver(1, 1);
        double coarse = error(solver, times(steps + 1));
        double fine = error(solver, times(2 * steps + 1));
        assertThat(Math.log(coarse / fine) / Math.log(2)).isCloseTo(order, Offset.offset(0.15));
    }

    @Test
    void adamsBashforthIsExactForAVelocityLinearInTimeOverUnevenSteps() {
        List<Double> reached = new ArrayList<>();
        double[] times = {0, 0.1, 0.15, 0.4, 0.7, 1};
        try (NDManager manager = NDManager.newBaseManager()) {
            OdeMethod.AB2
                    .solver(1, 1)
                    .solve(
                            (x, t) -> x.onesLike().mul(1 + 2 * t), // of x = t + t²
                            manager.create(new double[] {0}),
                            times,
                            (index, x, previous, velocity, time) -> reached.add(x.getDouble(0)));
            assertThat(manager.getManagedArrays()).hasSize(2);
        }
        assertThat(reached).hasSize(5);
        double first = reached.get(0);
        assertThat(first).as("Euler's step").isEqualTo(0.1);
        for (int i = 1; i < 5; i++) {
            double t = times[i + 1];
            assertThat(reached.get(i) - first)
                    .as("from %s to %s", times[1], t)
                    .isCloseTo(t + t * t - (0.1 + 0.1 * 0.1), Offset.offset(1e-15));
        }
    }

    @Test
    void adamsBashforthEvaluatesOnceAStep() {
        assertThat(evaluations(OdeMethod.AB2.solver(1, 1), 21)).isEqualTo(20);
    }

    @Test
    void dormandPrinceHasOrderFive() {
        double coarse = dormandPrinceError(16);
        double fine = dormandPrinceError(32);
        assertThat(Math.log(coarse / fine) / Math.log(2)).isCloseTo(5, Offset.offset(0.25));
    }

    @ParameterizedTest(name = "tolerance {0}")
    @CsvSource({"1e-3", "1e-6", "1e-9"})
    void dormandPrinceIsWithinItsToleranceAtEveryPoint(double tolerance) {
        try (NDManager manager = NDManager.newBaseManager()) {
            double[] times = times(41);
            NDArray start = manager.create(new double[] {1, -2}, new Shape(1, 2));
            List<Double> errors = new ArrayList<>();
            new DormandPrince(tolerance, tolerance)
                    .solve(
                            FIELD,
                            start,
                            times,
                            (index, x, previous, velocity, time) ->
                                    errors.add(
                                            Math.abs(x.getDouble(0, 1) + 2 * exact(times[index]))));
            assertThat(errors).hasSize(40).allMatch(error -> error < 100 * tolerance);
        }
    }

    @Test
    void dormandPrinceTakesFewStepsHoweverManyPointsAreAskedFor() {
        OdeSolver solver = new DormandPrince(1e-6, 1e-6);
        assertThat(evaluations(solver, 500)).isEqualTo(evaluations(solver, 2));
    }

    @Test
    void dormandPrinceNeverEvaluatesBeyondTheEnd() {
        try (NDManager manager = NDManager.newBaseManager()) {
            List<Double> seen = new ArrayList<>();
            OdeSolver.Field field =
                    (x, t) -> {
                        seen.add(t);
                        return FIELD.at(x, t);
                    };
            new DormandPrince(1e-3, 1e-3)
                    .solve(field, manager.ones(new Shape(1)), times(5), NO_OBSERVER);
            assertThat(seen).allMatch(t -> t >= 0 && t <= 1);
        }
    }

    @Test
    void dormandPrinceNamesTheTimeAtWhichTheModelFailed() {
        try (NDManager manager = NDManager.newBaseManager()) {
            OdeSolver.Field field = (x, t) -> x.mul(t > 0.5 ? Double.NaN : 1);
            assertThatExceptionOfType(ArithmeticException.class)
                    .isThrownBy(
                            () ->
                                    new DormandPrince(1e-3, 1e-3)
                                            .solve(
                                                    field,
                                                    manager.ones(new Shape(1)),
                                                    times(5),
                                                    NO_OBSERVER))
                    .withMessageContaining("not a number near t = 0.");
            assertThat(manager.getManagedArrays()).hasSize(1);
        }
    }

    private static int evaluations(OdeSolver solver, int points) {
        int[] count = {0};
        try (NDManager manager = NDManager.newBaseManager()) {
            OdeSolver.Field field =
                    (x, t) -> {
                        count[0]++;
                        return FIELD.at(x, t);
                    };
            solver.solve(field, manager.ones(new Shape(1)), times(points), NO_OBSERVER);
        }
        return count[0];
    }

    private static double error(OdeSolver solver, double[] times) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray start = manager.create(new double[] {1});
            NDArray end = solver.solve(FIELD, start, times, NO_OBSERVER);
            return Math.abs(end.getDouble(0) - exact(1));
        }
    }

    private static double dormandPrinceError(int steps) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.create(new double[] {1});
            double h = 1.0 / steps;
            for (int i = 0; i < steps; i++) {
                List<NDArray> k = new ArrayList<>();
                for (int j = 0; j < DormandPrince.TABLEAU.stageCount(); j++) {
                    k.add(DormandPrince.TABLEAU.stage(j, FIELD, x, i * h, h, k));
                }
                x = DormandPrince.TABLEAU.step(x, h, k);
            }
            return Math.abs(x.getDouble(0) - exact(1));
        }
    }

    private static double exact(double t) {
        return Math.exp(Math.sin(t));
    }

    private static double[] times(int count) {
        double[] times = new double[count];
        for (int i = 0; i < count; i++) {
            times[i] = (double) i / (count - 1);
        }
        return times;
    }
}
