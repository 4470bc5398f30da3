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
    private static final OdeSolver.Observer NOBODY = (index, x, base, slope, time) -> {};

    @ParameterizedTest(name = "{0} has order {1}")
    @CsvSource({"EULER, 1", "HEUN, 2", "MIDPOINT, 2", "HEUN3, 3", "RK4, 4"})
    void halvingTheStepDividesTheErrorByTwoToTheOrder(OdeMethod method, int order) {
        OdeSolver solver = method.solver(1, 1);
        double coarse = error(solver, times(33));
        double fine = error(solver, times(65));
        assertThat(Math.log(coarse / fine) / Math.log(2)).isCloseTo(order, Offset.offset(0.15));
    }

    @Test
    void dormandPrinceHasOrderFive() {
        double coarse = dormandPrinceError(16);
        double fine = dormandPrinceError(32);
        assertThat(Math.log(coarse / fine) / Math.log(2)).isCloseTo(5, Offset.offset(0.25));
    }

    @ParameterizedTest(name = "tolerance {0}")
    @CsvSource({"1e-3", "1e-6", "1e-9"})
    void dormandPrinceKeepsItsToleranceAtEveryPoint(double tolerance) {
        try (NDManager manager = NDManager.newBaseManager()) {
            double[] times = times(41);
            NDArray start = manager.create(new double[] {1, -2}, new Shape(1, 2));
            List<Double> errors = new ArrayList<>();
            new DormandPrince(tolerance, tolerance)
                    .solve(
                            FIELD,
                            start,
                            times,
                            (index, x, base, slope, time) ->
                                    errors.add(
                                            Math.abs(x.getDouble(0, 1) + 2 * exact(times[index]))));
            assertThat(errors).hasSize(40).allMatch(error -> error < 100 * tolerance);
        }
    }

    @Test
    void dormandPrinceTakesFewStepsHoweverManyPointsAreAskedFor() {
        assertThat(evaluations(500)).isEqualTo(evaluations(2));
    }

    @Test
    void dormandPrinceNeverLooksBeyondTheEnd() {
        try (NDManager manager = NDManager.newBaseManager()) {
            List<Double> seen = new ArrayList<>();
            OdeSolver.Field field =
                    (x, t) -> {
                        seen.add(t);
                        return FIELD.at(x, t);
                    };
            new DormandPrince(1e-3, 1e-3)
                    .solve(field, manager.ones(new Shape(1)), times(5), NOBODY);
            assertThat(seen).allMatch(t -> t >= 0 && t <= 1);
        }
    }

    @Test
    void dormandPrinceSaysWhereTheModelBroke() {
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
                                                    NOBODY))
                    .withMessageContaining("not a number near t = 0.");
            assertThat(manager.getManagedArrays()).hasSize(1);
        }
    }

    private static int evaluations(int points) {
        int[] count = {0};
        try (NDManager manager = NDManager.newBaseManager()) {
            OdeSolver.Field field =
                    (x, t) -> {
                        count[0]++;
                        return FIELD.at(x, t);
                    };
            new DormandPrince(1e-6, 1e-6)
                    .solve(field, manager.ones(new Shape(1)), times(points), NOBODY);
        }
        return count[0];
    }

    private static double error(OdeSolver solver, double[] times) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray start = manager.create(new double[] {1});
            NDArray end = solver.solve(FIELD, start, times, NOBODY);
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
