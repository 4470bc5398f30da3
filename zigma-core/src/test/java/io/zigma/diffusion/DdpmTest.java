package io.zigma.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DdpmTest {

    private static final Shape SHAPE = new Shape(3, 2, 2, 2);
    private static final double[] TIMES = {0, 40, 99};

    static Stream<Arguments> everyChoice() {
        return Stream.of(DdpmMean.values())
                .flatMap(
                        mean ->
                                Stream.of(DdpmVariance.values())
                                        .flatMap(
                                                variance ->
                                                        Stream.of(DdpmLoss.values())
                                                                .map(
                                                                        loss ->
                                                                                Arguments.of(
                                                                                        mean,
                                                                                        variance,
                                                                                        loss))));
    }

    @ParameterizedTest
    @EnumSource(DdpmMean.class)
    void whateverIsPredictedTheTruthIsReadFromTheTruth(DdpmMean mean) {
        Ddpm process = process(mean, DdpmVariance.FIXED_SMALL, DdpmLoss.MSE);
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray data = manager.arange(24f).sub(11).div(10).reshape(SHAPE);
            NDArray noise = manager.arange(24f).mul(0.7).sin().reshape(SHAPE);
            Noised at = process.noised(data, noise, TIMES);
            NDArray said =
                    switch (mean) {
                        case EPSILON -> noise;
                        case START -> data;
                        case V ->
                                Blend.of(
                                        noise, process::alpha, data, t -> -process.sigma(t), TIMES);
                        case PREVIOUS ->
                                Blend.of(
                                        data,
                                        t -> process.levels().dataWeight((int) t),
                                        at.x(),
                                        t -> process.levels().xWeight((int) t),
                                        TIMES);
                    };
            Tolerance tolerance = Tolerance.elementwise(1e-3, 1e-3);
            Denoised seen = process.interpret(said, at.x(), TIMES);
            Close.assertClose("data", seen.data(), data, tolerance);
            // of a previous x little is left of the noise where there is little
            if (mean != DdpmMean.PREVIOUS) {
                Close.assertClose("noise", seen.noise(), noise, Tolerance.elementwise(0, 1e-2));
            }
            assertThat(process.loss(said, at).toFloatArray())
                    .usingElementComparator((a, b) -> Math.abs(a - b) < 1e-9 ? 0 : 1)
                    .containsExactly(0, 0, 0);
        }
    }

    @ParameterizedTest
    @MethodSource("everyChoice")
    void whatALossMakesOnTheWayIsClosed(DdpmMean mean, DdpmVariance variance, DdpmLoss loss) {
        Ddpm process = process(mean, variance, loss);
        try (NDManager manager = NDManager.newBaseManager()) {
            Noised at = process.noised(manager.ones(SHAPE), manager.ones(SHAPE), TIMES);
            NDArray output = manager.ones(new Shape(3, process.outputChannels(2), 2, 2));
            int before = manager.getManagedArrays().size();
            NDArray losses = process.loss(output, at);
            assertThat(losses.getShape()).isEqualTo(new Shape(3));
            assertThat(manager.getManagedArrays()).hasSize(before + 1);
        }
    }

    @Test
    void aLearnedVarianceTakesTwiceTheChannels() {
        Ddpm process = process(DdpmMean.EPSILON, DdpmVariance.LEARNED_RANGE, DdpmLoss.MSE);
        assertThat(process.outputChannels(4)).isEqualTo(8);
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.ones(SHAPE);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> process.interpret(x, x, 0))
                    .withMessage(
                            "the model turned (3, 2, 2, 2) into (3, 2, 2, 2); sampling with a"
                                    + " learned variance needs twice the channels");
        }
    }

    @Test
    void channelsOfAVideoStandBehindItsFrames() {
        Ddpm process = process(DdpmMean.EPSILON, DdpmVariance.LEARNED, DdpmLoss.MSE);
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.zeros(new Shape(1, 5, 2, 3, 3));
            NDArray output = manager.zeros(new Shape(1, 5, 4, 3, 3));
            assertThat(process.interpret(output, x, 7).data().getShape()).isEqualTo(x.getShape());
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.3, 0.999999})
    void trainingTimesAreWholeSteps(double fraction) {
        Ddpm process = process(DdpmMean.EPSILON, DdpmVariance.FIXED_SMALL, DdpmLoss.MSE);
        assertThat(process.trainingTime(fraction)).isEqualTo(Math.floor(fraction * 100));
    }

    @Test
    void betweenStepsTheProcessStaysVariancePreservingAndMonotone() {
        Ddpm process = process(DdpmMean.EPSILON, DdpmVariance.FIXED_SMALL, DdpmLoss.MSE);
        double before = Double.POSITIVE_INFINITY;
        for (double t = 0; t <= 99; t += 0.37) {
            double alpha = process.alpha(t);
            double sigma = process.sigma(t);
            assertThat(alpha * alpha + sigma * sigma).isCloseTo(1, Offset.offset(1e-12));
            assertThat(process.halfLogSnr(t)).isLessThan(before);
            assertThat(process.timeOf(process.halfLogSnr(t))).isCloseTo(t, Offset.offset(1e-8));
            before = process.halfLogSnr(t);
        }
    }

    @Test
    void ratesOfThePathAreItsDerivatives() {
        Interpolant path = process(DdpmMean.EPSILON, DdpmVariance.FIXED_SMALL, DdpmLoss.MSE).path();
        double h = 1e-7;
        for (double s : new double[] {0.013, 0.351, 0.907}) { // none of them at a step
            assertThat(path.alphaRate(s))
                    .isCloseTo(
                            (path.alpha(s + h) - path.alpha(s - h)) / (2 * h), Offset.offset(1e-5));
            assertThat(path.sigmaRate(s))
                    .isCloseTo(
                            (path.sigma(s + h) - path.sigma(s - h)) / (2 * h), Offset.offset(1e-5));
        }
    }

    @Test
    void lossAwareTimesGoOnFromTheirState() {
        TimeSampling sampling = new LossAwareTimes(2, 0.01);
        Ddpm process =
                new Ddpm(
                        BetaSchedule.of(BetaForm.COSINE, 3),
                        DdpmMean.EPSILON,
                        DdpmVariance.FIXED_SMALL,
                        DdpmLoss.MSE,
                        false);
        TimeSampler first = sampling.over(process);
        double[] t = {0, 1, 2, 0, 1, 2, 1};
        first.observe(t, new double[] {1, 2, 3, 4, 5, 6, 7});
        TimeSampler second = sampling.over(process);
        second.restore(first.state());
        for (double uniform = 0.05; uniform < 1; uniform += 0.1) {
            assertThat(second.sample(uniform, 0)).isEqualTo(first.sample(uniform, 0));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> second.restore(new double[3]))
                .withMessageContaining("have a state of 9 numbers, not 3");
    }

    @Test
    void lossAwareTimesNeedSteps() {
        DiffusionProcess continuous =
                new InterpolantProcess(InterpolantKind.LINEAR, Prediction.VELOCITY);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LossAwareTimes(10, 0.001).over(continuous))
                .withMessageContaining("need a process with steps");
    }

    private static Ddpm process(DdpmMean mean, DdpmVariance variance, DdpmLoss loss) {
        return new Ddpm(BetaSchedule.of(BetaForm.LINEAR, 100), mean, variance, loss, false);
    }
}
