package io.zigma.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InterpolantTest {

    private static final Tolerance CLOSE = Tolerance.ofLargest(2e-5, 0);

    @Property
    void theRatesAreTheDerivatives(
            @ForAll InterpolantKind kind, @ForAll @DoubleRange(min = 0.01, max = 0.99) double t) {
        Interpolant path = kind.interpolant();
        double h = 1e-6;
        double alphaDerivative = (path.alpha(t + h) - path.alpha(t - h)) / (2 * h);
        double sigmaDerivative = (path.sigma(t + h) - path.sigma(t - h)) / (2 * h);
        assertThat(path.alphaRate(t)).isCloseTo(alphaDerivative, Offset.offset(1e-5));
        assertThat(path.sigmaRate(t)).isCloseTo(sigmaDerivative, Offset.offset(1e-5));
    }

    @Property
    void whatAPathGivesInClosedFormFollowsFromTheFourFunctions(
            @ForAll InterpolantKind kind, @ForAll @DoubleRange(min = 0.01, max = 0.99) double t) {
        Interpolant path = kind.interpolant();
        double wronskian = path.alphaRate(t) * path.sigma(t) - path.alpha(t) * path.sigmaRate(t);
        assertThat(path.wronskian(t)).isCloseTo(wronskian, Offset.offset(1e-9));
        assertThat(path.sigmaWronskian(t))
                .isCloseTo(path.sigma(t) * wronskian, Offset.offset(1e-9));
        assertThat(path.dataShare(t))
                .isCloseTo(-path.sigmaRate(t) / wronskian, Offset.offset(1e-9));
        assertThat(path.logAlphaRate(t))
                .isCloseTo(path.alphaRate(t) / path.alpha(t), Offset.offset(1e-9));
    }

    @Property(tries = 200)
    void noiseAndDataAreFoundAgainFromTheVelocity(
            @ForAll InterpolantKind kind,
            @ForAll @DoubleRange(min = 0, max = 1) double t,
            @ForAll @DoubleRange(min = -3, max = 3) double noise,
            @ForAll @DoubleRange(min = -3, max = 3) double data) {
        Interpolant path = kind.interpolant();
        double sigmaRate = path.sigmaRate(t);
        if (Double.isInfinite(sigmaRate)) {
            return; // the velocity itself is infinite there
        }
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray z = manager.create(new double[] {noise}).reshape(1, 1);
            NDArray y = manager.create(new double[] {data}).reshape(1, 1);
            NDArray x = path.mixed(y, z, t);
            NDArray velocity = path.velocity(y, z, t);
            double v = velocity.getDouble(0, 0);
            assertThat(path.noiseFromVelocity(velocity, x, t).getDouble(0, 0))
                    .isCloseTo(noise, Offset.offset(1e-9 * (1 + Math.abs(v))));
            assertThat(path.dataFromVelocity(velocity, x, t).getDouble(0, 0))
                    .isCloseTo(data, Offset.offset(1e-9 * (1 + Math.abs(v))));
        }
    }

    @Property(tries = 200)
    void everyConversionIsUndoneByItsInverse(
            @ForAll InterpolantKind kind, @ForAll @DoubleRange(min = 0.05, max = 0.95) double t) {
        Interpolant path = kind.interpolant();
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.create(new double[] {0.3, -1.2, 2.5}).reshape(3, 1);
            NDArray a = manager.create(new double[] {-0.7, 1.9, 0.4}).reshape(3, 1);
            same(a, path.velocityFromScore(path.scoreFromVelocity(a, x, t), x, t));
            same(a, path.scoreFromVelocity(path.velocityFromScore(a, x, t), x, t));
            same(a, path.velocityFromNoise(path.noiseFromVelocity(a, x, t), x, t));
            same(a, path.noiseFromVelocity(path.velocityFromNoise(a, x, t), x, t));
            same(a, path.scoreFromNoise(path.noiseFromScore(a, t), t));
            same(
                    path.dataFromVelocity(a, x, t),
                    path.dataFromScore(path.scoreFromVelocity(a, x, t), x, t));
            same(
                    path.dataFromVelocity(a, x, t),
                    path.dataFromNoise(path.noiseFromVelocity(a, x, t), x, t));
        }
    }

    @Property(tries = 200)
    void thePredictionsAgreeOnEverything(
            @ForAll InterpolantKind kind,
            @ForAll Prediction prediction,
            @ForAll @DoubleRange(min = 0.05, max = 0.95) double t) {
        Interpolant path = kind.interpolant();
        DiffusionCoefficient diffusion = new DiffusionCoefficient.Decreasing(0.7);
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray noise = manager.create(new double[] {0.3, -1.2, 2.5}).reshape(3, 1);
            NDArray data = manager.create(new double[] {-0.7, 1.9, 0.4}).reshape(3, 1);
            NDArray x = path.mixed(data, noise, t, t, t);
            NDArray velocity = path.velocity(data, noise, t, t, t);
            NDArray score = noise.mul(-1 / path.sigma(t));
            NDArray output =
                    switch (prediction) {
                        case VELOCITY -> velocity;
                        case NOISE -> noise;
                        case SCORE -> score;
                        case DATA -> data;
                    };
            Denoised seen =
                    new InterpolantProcess(kind, prediction, LossWeight.NONE, 1, 0)
                            .interpret(output, x, t);
            same(velocity, seen.velocity());
            same(noise, seen.noise());
            same(score, seen.score());
            same(data, seen.data());
            same(score.mul(diffusion.at(path, t)), seen.scaledScore(diffusion));
        }
    }

    @Property
    void theTimeIsFoundAgainFromTheSignalToNoiseRatio(
            @ForAll InterpolantKind kind, @ForAll @DoubleRange(min = 0.01, max = 0.99) double t) {
        Interpolant path = kind.interpolant();
        assertThat(path.halfLogSnr(t))
                .isCloseTo(Math.log(path.alpha(t) / path.sigma(t)), Offset.offset(1e-9));
        assertThat(path.timeOf(path.halfLogSnr(t))).isCloseTo(t, Offset.offset(1e-12));
        Interpolant louder = new ScaledNoise(path, 2);
        assertThat(louder.halfLogSnr(t))
                .isCloseTo(Math.log(louder.alpha(t) / louder.sigma(t)), Offset.offset(1e-9));
        assertThat(louder.timeOf(louder.halfLogSnr(t))).isCloseTo(t, Offset.offset(1e-12));
    }

    @ParameterizedTest
    @EnumSource(InterpolantKind.class)
    void noiseAndDataEstimatesAreFiniteAtBothEnds(InterpolantKind kind) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.create(new float[] {0.5f, -2}).reshape(2, 1);
            NDArray v = manager.create(new float[] {1, 3}).reshape(2, 1);
            Interpolant path = kind.interpolant();
            finite(path.noiseFromVelocity(v, x, 0, 1));
            finite(path.dataFromVelocity(v, x, 0, 1));
            finite(path.velocityFromScore(v, x, 1));
            finite(path.dataFromScore(v, x, 1));
            finite(path.scoreFromVelocity(v, x, 0));
        }
    }

    @ParameterizedTest
    @EnumSource(InterpolantKind.class)
    void theVanishingDiffusionTakesAwayThePoleOfTheScore(InterpolantKind kind) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.create(new double[] {0.5, -2}).reshape(2, 1);
            NDArray v = manager.create(new double[] {1, 3}).reshape(2, 1);
            DiffusionProcess process = new InterpolantProcess(kind, Prediction.VELOCITY);
            for (String form : new String[] {"sbdm", "sigma", "linear", "increasing-decreasing"}) {
                DiffusionCoefficient diffusion = DiffusionCoefficient.parse(form, 1);
                NDArray end = process.interpret(v, x, 1).scaledScore(diffusion);
                NDArray near = process.interpret(v, x, 1 - 1e-12).scaledScore(diffusion);
                finite(end);
                // VP's σ moves like √(1 − t), 1e-6 at the nearer time
                Close.assertClose(
                        kind + " " + form,
                        end.toType(DataType.FLOAT32, false),
                        near.toType(DataType.FLOAT32, false),
                        Tolerance.elementwise(1e-4, 1e-4));
            }
        }
    }

    private static void same(NDArray expected, NDArray actual) {
        Close.assertClose(
                "converted",
                actual.toType(DataType.FLOAT32, false),
                expected.toType(DataType.FLOAT32, false),
                CLOSE);
    }

    private static void finite(NDArray array) {
        for (Number value : array.toArray()) {
            assertThat(value.doubleValue()).isFinite();
        }
    }
}
