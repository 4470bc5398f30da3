package io.zigma.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.diffusion.DiffusionCoefficient;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.InterpolantProcess;
import io.zigma.diffusion.Prediction;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SdeSamplerTest {

    private static final double MEAN = 1.5;
    private static final double DEVIATION = 0.5;

    static Stream<Arguments> everyDiffusion() {
        return Stream.of(InterpolantKind.values())
                .flatMap(
                        kind ->
                                Stream.of(SdeMethod.values())
                                        .flatMap(
                                                method ->
                                                        DiffusionCoefficient.names().stream()
                                                                .map(
                                                                        form ->
                                                                                Arguments.of(
                                                                                        kind,
                                                                                        method,
                                                                                        form))));
    }

    @ParameterizedTest(name = "{0}, {1}, {2}")
    @MethodSource("everyDiffusion")
    void whateverTheDiffusionTheSamplesHaveTheMomentsOfTheData(
            InterpolantKind kind, SdeMethod method, String form) {
        SdeSampler sampler =
                new SdeSampler(
                        method, 150, DiffusionCoefficient.parse(form, 1), LastStep.MEAN, 0.01);
        try (NDManager manager = NDManager.newBaseManager()) {
            int count = 8000;
            NDArray noise = SeededNoise.start(manager, new Shape(count), 7);
            NDArray samples = sample(sampler, kind, noise, SeededNoise.steps(7));
            double mean = samples.mean().getFloat();
            double deviation = Math.sqrt(samples.sub(mean).square().mean().getFloat());
            // The seeds are fixed, so this never flakes; the error of 8000 samples is 0.006 and the
            // discretisation of the stiffest pair as much again.
            assertThat(mean).as("mean").isCloseTo(MEAN, Offset.offset(0.03));
            assertThat(deviation).as("deviation").isCloseTo(DEVIATION, Offset.offset(0.03));
        }
    }

    @ParameterizedTest
    @EnumSource(SdeMethod.class)
    void anImageIsTheSameAloneAsInABatch(SdeMethod method) {
        SdeSampler sampler = new SdeSampler(method, 12);
        Shape image = new Shape(2, 3, 3);
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray batch =
                    sample(
                            sampler,
                            InterpolantKind.LINEAR,
                            SeededNoise.start(manager, image, 5, 6, 7),
                            SeededNoise.steps(5, 6, 7));
            for (int k = 0; k < 3; k++) {
                NDArray alone =
                        sample(
                                sampler,
                                InterpolantKind.LINEAR,
                                SeededNoise.start(manager, image, 5 + k),
                                SeededNoise.steps(5 + k));
                assertThat(alone.get(0).toFloatArray()).isEqualTo(batch.get(k).toFloatArray());
            }
        }
    }

    @ParameterizedTest(name = "{0}, {1}, {2}")
    @MethodSource("everyDiffusion")
    void samplesAreFiniteWithoutALastStepToo(InterpolantKind kind, SdeMethod method, String form) {
        SdeSampler sampler =
                new SdeSampler(method, 10, DiffusionCoefficient.parse(form, 1), LastStep.NONE, 0.5);
        assertThat(sampler.lastStepSize()).isZero();
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray noise = SeededNoise.start(manager, new Shape(4), 1);
            NDArray samples = sample(sampler, kind, noise, SeededNoise.steps(1));
            for (float value : samples.toFloatArray()) {
                assertThat(value).isFinite();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(LastStep.class)
    void theListenerIsCalledForTheLastStepToo(LastStep last) {
        List<Integer> indices = new ArrayList<>();
        List<Double> times = new ArrayList<>();
        SdeSampler sampler =
                new SdeSampler(SdeMethod.EULER, 4, new DiffusionCoefficient.Sigma(1), last, 0.25);
        try (NDManager manager = NDManager.newBaseManager()) {
            DiffusionProcess process = process(InterpolantKind.LINEAR);
            sampler.sample(
                    model(process),
                    process,
                    Start.from(process, manager.ones(new Shape(1, 2))),
                    SeededNoise.steps(3),
                    step -> {
                        assertThat(step.total()).isEqualTo(4);
                        indices.add(step.index());
                        times.add(step.time());
                    });
        }
        assertThat(indices).containsExactly(1, 2, 3, 4);
        assertThat(times).containsExactly(0.25, 0.5, 0.75, 1.0);
    }

    @ParameterizedTest
    @EnumSource(SdeMethod.class)
    void onlyTheResultIsLeft(SdeMethod method) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray noise = manager.ones(new Shape(2, 3));
            sample(
                    new SdeSampler(method, 6),
                    InterpolantKind.LINEAR,
                    noise,
                    SeededNoise.steps(1, 2));
            assertThat(manager.getManagedArrays()).hasSize(2);
        }
    }

    @Test
    void aLastStepAloneIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SdeSampler(SdeMethod.EULER, 1))
                .withMessageContaining("at least 2 steps, the last step included, not 1");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, 1, Double.NaN})
    void aLastStepOfNoOrTooGreatASizeIsRefused(double size) {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                new SdeSampler(
                                        SdeMethod.EULER,
                                        10,
                                        new DiffusionCoefficient.Sigma(1),
                                        LastStep.TWEEDIE,
                                        size))
                .withMessageContaining("the last step's size must be between 0 and 1, not " + size);
    }

    private static NDArray sample(
            Sampler sampler, InterpolantKind path, NDArray noise, NoiseSource stepNoise) {
        DiffusionProcess process = process(path);
        return sampler.sample(
                model(process), process, Start.from(process, noise), stepNoise, StepListener.NONE);
    }

    private static DiffusionProcess process(InterpolantKind path) {
        return new InterpolantProcess(path, Prediction.VELOCITY);
    }

    private static Denoiser model(DiffusionProcess process) {
        return new ModelDenoiser(new GaussianModel(process.path(), MEAN, DEVIATION), process);
    }
}
