package io.zigma.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.Interpolant;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.InterpolantProcess;
import io.zigma.diffusion.Prediction;
import io.zigma.sampler.Likelihood.Progress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LikelihoodTest {

    private static final double MEAN = 0.3;
    private static final double DEVIATION = 0.4;
    private static final double[] DATA = {0.1, 0.7, -0.4, 0.3, 0.9, 0.2};

    @ParameterizedTest(name = "{0} has order {1}")
    @CsvSource({"EULER, 1", "AB2, 2", "HEUN, 2", "MIDPOINT, 2", "HEUN3, 3", "RK4, 4"})
    void theErrorOfAGaussiansDensityFallsAtTheOrderOfTheSolver(OdeMethod method, int order) {
        double coarse = error(new OdeSampler(method, 32));
        double fine = error(new OdeSampler(method, 64));

        assertThat(Math.log(coarse / fine) / Math.log(2))
                .as("errors %s and %s", coarse, fine)
                .isCloseTo(order, Offset.offset(0.35));
    }

    @ParameterizedTest
    @EnumSource(InterpolantKind.class)
    void aGaussiansDensityIsTheClosedFormOnEveryPath(InterpolantKind kind) {
        // where σ falls like a root, 1e-3 is left out before the data, and VP ends in noise of
        // variance near 1
        boolean steep = kind == InterpolantKind.VP || kind == InterpolantKind.COSINE;
        double margin = steep ? 2e-2 : 1e-6;

        assertThat(density(kind, new OdeSampler(OdeMethod.DOPRI5, 4, 1e-8, 1e-8)))
                .isCloseTo(closedForm(), Offset.offset(margin));
    }

    @Test
    void theEstimateIsRightOnAverageOverAllSigns() {
        double correlation = 0.6;
        try (NDManager manager = NDManager.newBaseManager()) {
            double[] x = {0.5, -0.2};
            NDArray data = manager.create(new double[] {x[0], x[1], x[0], x[1]}, new Shape(2, 2));
            NDArray signs = manager.create(new double[] {1, 1, 1, -1}, new Shape(2, 2));
            DiffusionProcess process = velocity(InterpolantKind.LINEAR);

            double[] nats =
                    new Likelihood(new OdeSampler(OdeMethod.RK4, 200))
                            .of(
                                    new AffineModel(
                                            new CorrelatedPair(process.path(), correlation)),
                                    process,
                                    data,
                                    signs,
                                    Progress.NONE)
                            .nats();

            double determinant = 1 - correlation * correlation;
            double squares =
                    (x[0] * x[0] - 2 * correlation * x[0] * x[1] + x[1] * x[1]) / determinant;
            double exact = -0.5 * squares - Math.log(2 * Math.PI) - 0.5 * Math.log(determinant);
            assertThat(nats[0]).isNotCloseTo(nats[1], Offset.offset(0.1));
            assertThat((nats[0] + nats[1]) / 2).isCloseTo(exact, Offset.offset(1e-6));
        }
    }

    @Test
    void noiseAndScoreModelsGiveTheSameDensityAsTheVelocity() {
        Interpolant path = InterpolantKind.GVP.interpolant();
        OdeSampler ode = new OdeSampler(OdeMethod.DOPRI5, 1, 1e-8, 1e-8);
        GaussianModel velocity = new GaussianModel(path, MEAN, DEVIATION);
        for (Prediction prediction : List.of(Prediction.NOISE, Prediction.SCORE)) {
            Network model =
                    (x, t) -> {
                        NDArray v = velocity.predict(x, t);
                        double time = t.getFloat(0);
                        return prediction == Prediction.NOISE
                                ? path.noiseFromVelocity(v, x, time)
                                : path.scoreFromVelocity(v, x, time);
                    };
            // 1e-3 is left out at both ends, where the density changes a little
            assertThat(density(model, new InterpolantProcess(InterpolantKind.GVP, prediction), ode))
                    .as("%s", prediction)
                    .isCloseTo(closedForm(), Offset.offset(2e-2));
        }
    }

    @Test
    void everyStepIsHeardOfAndEveryEvaluationCounted() {
        try (NDManager manager = NDManager.newBaseManager()) {
            DiffusionProcess process = velocity(InterpolantKind.LINEAR);
            List<Integer> steps = new ArrayList<>();
            NDArray data = manager.create(new float[] {0.5f, 0.1f}, new Shape(1, 2));

            LogDensity density =
                    new Likelihood(new OdeSampler(OdeMethod.HEUN, 3))
                            .of(
                                    new AffineModel(
                                            new GaussianModel(process.path(), MEAN, DEVIATION)),
                                    process,
                                    data,
                                    data.onesLike(),
                                    (step, total) -> steps.add(10 * total + step));

            assertThat(steps).containsExactly(31, 32, 33);
            assertThat(density.evaluations()).isEqualTo(6);
            assertThat(density.noise().getShape()).isEqualTo(data.getShape());
        }
    }

    @Test
    void aProbeOfAnotherShapeIsRefused() {
        try (NDManager manager = NDManager.newBaseManager()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () ->
                                    new Likelihood(new OdeSampler(OdeMethod.HEUN, 3))
                                            .of(
                                                    new AffineModel((x, t) -> x.duplicate()),
                                                    velocity(InterpolantKind.LINEAR),
                                                    manager.ones(new Shape(2, 3)),
                                                    manager.ones(new Shape(2, 4)),
                                                    Progress.NONE))
                    .withMessageContaining("probe");
        }
    }

    private static double error(OdeSampler ode) {
        return Math.abs(density(InterpolantKind.LINEAR, ode) - closedForm());
    }

    private static DiffusionProcess velocity(InterpolantKind path) {
        return new InterpolantProcess(path, Prediction.VELOCITY);
    }

    private static double density(InterpolantKind path, OdeSampler ode) {
        return density(new GaussianModel(path.interpolant(), MEAN, DEVIATION), velocity(path), ode);
    }

    private static double density(Network model, DiffusionProcess process, OdeSampler ode) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray data = manager.create(DATA, new Shape(1, DATA.length));
            return new Likelihood(ode)
                    .of(new AffineModel(model), process, data, data.onesLike(), Progress.NONE)
                    .nats()[0];
        }
    }

    private static double closedForm() {
        return Arrays.stream(DATA)
                .map(x -> (x - MEAN) / DEVIATION)
                .map(z -> -0.5 * z * z - 0.5 * Math.log(2 * Math.PI) - Math.log(DEVIATION))
                .sum();
    }

    /**
     * The exact velocity of two normal values of variance 1 that are correlated, on (B, 2).
     *
     * @param path the path
     * @param correlation between them
     */
    private record CorrelatedPair(Interpolant path, double correlation) implements Network {

        @Override
        public NDArray predict(NDArray x, NDArray times) {
            double t = times.getFloat(0);
            // along the sum and the difference of the two the variances are 1 ± correlation
            double together = rate(t, 1 + correlation);
            double apart = rate(t, 1 - correlation);
            double same = (together + apart) / 2;
            double other = (together - apart) / 2;
            return x.mul(same).add(x.flip(1).mul(other));
        }

        /** Half the logarithmic rate of the variance α²·variance + σ². */
        private double rate(double t, double variance) {
            double alpha = path.alpha(t);
            double sigma = path.sigma(t);
            return (alpha * path.alphaRate(t) * variance + sigma * path.sigmaRate(t))
                    / (alpha * alpha * variance + sigma * sigma);
        }
    }
}
