package io.zigma.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import io.zigma.base.Setting;
import io.zigma.base.Settings;
import io.zigma.diffusion.BetaForm;
import io.zigma.diffusion.BetaSchedule;
import io.zigma.diffusion.Ddpm;
import io.zigma.diffusion.DdpmLoss;
import io.zigma.diffusion.DdpmMean;
import io.zigma.diffusion.DdpmVariance;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.InterpolantProcess;
import io.zigma.diffusion.Prediction;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every sampler there is, on every process there is. */
class EverySamplerTest {

    private static final double MEAN = 0.4;
    private static final double DEVIATION = 0.5;
    private static final int STEPS = 60;

    private static final List<DiffusionProcess> PROCESSES =
            List.of(
                    new InterpolantProcess(InterpolantKind.LINEAR, Prediction.VELOCITY),
                    new InterpolantProcess(InterpolantKind.GVP, Prediction.DATA),
                    new InterpolantProcess(InterpolantKind.VP, Prediction.NOISE),
                    new Ddpm(
                            BetaSchedule.of(BetaForm.LINEAR, 1000),
                            DdpmMean.EPSILON,
                            DdpmVariance.FIXED_SMALL,
                            DdpmLoss.MSE,
                            false),
                    new Ddpm(
                            BetaSchedule.of(BetaForm.COSINE, 1000),
                            DdpmMean.V,
                            DdpmVariance.FIXED_LARGE,
                            DdpmLoss.MSE,
                            false));

    // before the one that is registered below
    private static final List<String> NAMES =
            Samplers.KINDS.names().stream().filter(name -> !name.equals("leap")).toList();

    static Stream<Arguments> everywhere() {
        return NAMES.stream()
                .flatMap(name -> PROCESSES.stream().map(process -> Arguments.of(name, process)));
    }

    static List<String> names() {
        return NAMES;
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("everywhere")
    void samplesHaveTheMomentsOfTheData(String name, DiffusionProcess process) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray noise = SeededNoise.start(manager, new Shape(1, 40, 100), 7);
            NDArray samples =
                    sample(Samplers.of(name, STEPS), process, noise, SeededNoise.steps(7));
            double mean = samples.mean().getFloat();
            double deviation = Math.sqrt(samples.sub(mean).square().mean().getFloat());
            // the mean of 4000 samples is exact to 0.01, a first-order method's 60 steps to a few
            // hundredths
            assertThat(mean).as("mean").isCloseTo(MEAN, Offset.offset(0.06));
            assertThat(deviation).as("deviation").isCloseTo(DEVIATION, Offset.offset(0.06));
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("everywhere")
    void aSampleIsTheSameAloneAsInABatchAndOnlyTheResultIsLeft(
            String name, DiffusionProcess process) {
        Sampler sampler = Samplers.of(name, 6);
        Shape image = new Shape(2, 3, 3);
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray noise = SeededNoise.start(manager, image, 5, 6);
            NDArray batch = sample(sampler, process, noise, SeededNoise.steps(5, 6));
            assertThat(manager.getManagedArrays()).hasSize(2);
            if (sampler.adaptive()) {
                return; // its steps depend on the batch
            }
            for (int k = 0; k < 2; k++) {
                NDArray alone =
                        sample(
                                sampler,
                                process,
                                SeededNoise.start(manager, image, 5 + k),
                                SeededNoise.steps(5 + k));
                assertThat(alone.get(0).toFloatArray()).isEqualTo(batch.get(k).toFloatArray());
            }
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("everywhere")
    void aLaterStartPreservesTheImage(String name, DiffusionProcess process) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray data = manager.full(new Shape(1, 4, 12, 12), 0.9f);
            NDArray noise = SeededNoise.start(manager, new Shape(4, 12, 12), 3);
            NDArray sample =
                    Samplers.of(name, 12)
                            .sample(
                                    model(process, DEVIATION),
                                    process,
                                    Start.between(process, data, noise, 0.15),
                                    SeededNoise.steps(3),
                                    StepListener.NONE);
            // of new images they would be around 0.4
            assertThat(sample.mean().getFloat()).isBetween(0.55f, 0.95f);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyStepIsHeardOfInOrderAndNothingIsRecorded(String name) {
        DiffusionProcess process = PROCESSES.get(3);
        List<Integer> indices = new ArrayList<>();
        List<Integer> totals = new ArrayList<>();
        List<Double> progress = new ArrayList<>();
        try (NDManager manager = NDManager.newBaseManager()) {
            JniUtils.setGradMode(true);
            Samplers.of(name, 5)
                    .sample(
                            model(process, DEVIATION),
                            process,
                            Start.from(process, manager.ones(new Shape(1, 1, 2, 2))),
                            SeededNoise.steps(1),
                            step -> {
                                assertThat(JniUtils.isGradMode()).isFalse();
                                indices.add(step.index());
                                totals.add(step.total());
                                progress.add(process.progress(step.time()));
                                assertThat(step.estimate().getShape())
                                        .isEqualTo(step.x().getShape());
                            });
            assertThat(JniUtils.isGradMode()).isTrue();
        } finally {
            JniUtils.setGradMode(false);
        }
        assertThat(indices).isSorted().doesNotHaveDuplicates().startsWith(1);
        assertThat(totals).allMatch(total -> total == indices.size());
        assertThat(progress).isSorted().endsWith(1.0);
    }

    @ParameterizedTest
    @MethodSource("names")
    void nothingIsLeftWhenTheListenerThrows(String name) {
        DiffusionProcess process = PROCESSES.get(0);
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray noise = manager.ones(new Shape(1, 1, 2, 2));
            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () ->
                                    Samplers.of(name, 5)
                                            .sample(
                                                    model(process, DEVIATION),
                                                    process,
                                                    Start.from(process, noise),
                                                    SeededNoise.steps(1),
                                                    step -> {
                                                        throw new IllegalArgumentException("stop");
                                                    }))
                    .withMessage("stop");
            assertThat(manager.getManagedArrays()).containsExactly(noise);
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("inverses")
    void inversionGivesNoiseThatReproducesTheData(String name, DiffusionProcess process) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray data =
                    SeededNoise.start(manager, new Shape(2, 3, 3), 4).mul(DEVIATION).add(MEAN);
            Sampler back = SamplerSpec.parse(name, 400, List.of("inverse=true")).create();
            NDArray noise =
                    back.sample(
                            model(process, DEVIATION),
                            process,
                            new Start(data, process.end()),
                            SeededNoise.steps(),
                            StepListener.NONE);
            NDArray again = sample(Samplers.of(name, 400), process, noise, SeededNoise.steps());
            Close.assertClose("data", again, data, Tolerance.elementwise(0, 0.05));
            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () ->
                                    back.sample(
                                            model(process, DEVIATION),
                                            process,
                                            Start.from(process, noise),
                                            SeededNoise.steps(),
                                            StepListener.NONE))
                    .withMessageContaining("cannot be inverted");
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("everywhere")
    void theInversionOfADeterministicSamplerFindsTheNoise(String name, DiffusionProcess process) {
        Sampler sampler = Samplers.of(name, 200);
        if (sampler.inversion().isEmpty()) {
            assertThat(name).isIn("sde-euler", "sde-heun", "ancestral");
            return;
        }
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray data =
                    SeededNoise.start(manager, new Shape(2, 3, 3), 4).mul(DEVIATION).add(MEAN);
            NDArray noise =
                    sampler.inversion()
                            .get()
                            .sample(
                                    model(process, DEVIATION),
                                    process,
                                    new Start(data, process.end()),
                                    SeededNoise.steps(),
                                    StepListener.NONE);
            NDArray again =
                    sampler.sample(
                            model(process, DEVIATION),
                            process,
                            new Start(noise, process.start()),
                            SeededNoise.steps(),
                            StepListener.NONE);
            Close.assertClose("data", again, data, Tolerance.elementwise(0, 0.06));
        }
    }

    static Stream<Arguments> inverses() {
        return NAMES.stream()
                .filter(
                        name ->
                                Samplers.KINDS.get(name).settings().stream()
                                        .anyMatch(setting -> setting.name().equals("inverse")))
                .flatMap(
                        name ->
                                Stream.of(PROCESSES.get(0), PROCESSES.get(3))
                                        .map(process -> Arguments.of(name, process)));
    }

    @Test
    void aSamplerOfOnesOwnIsOneClassAndOneRegistration() {
        if (Samplers.KINDS.find("leap").isEmpty()) {
            Samplers.KINDS.register(new Leap());
        }
        DiffusionProcess process = PROCESSES.get(0);
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray sample =
                    sample(
                            SamplerSpec.parse("leap", 1, List.of("times=2")).create(),
                            process,
                            manager.ones(new Shape(1, 1, 2, 2)),
                            SeededNoise.steps(1));
            // straight to the mean of the data, twice
            Close.assertClose(
                    "sample",
                    sample,
                    sample.onesLike().mul(2 * MEAN),
                    Tolerance.elementwise(0, 1e-6));
        }
    }

    /** Steps to the data predicted at the start, scaled by that factor. */
    private record Leap() implements SamplerKind {

        private static final Setting TIMES = Setting.whole("times", "how far", 1, 1, 9);

        @Override
        public String name() {
            return "leap";
        }

        @Override
        public String purpose() {
            return "as far as the model sees";
        }

        @Override
        public List<Setting> settings() {
            return List.of(TIMES);
        }

        @Override
        public Sampler create(int steps, Settings values) {
            return new Leaping(steps, values.whole(TIMES));
        }
    }

    private record Leaping(int steps, int times) implements Sampler {

        @Override
        public String label() {
            return "leap";
        }

        @Override
        public SamplerSpec spec() {
            return SamplerSpec.parse("leap", steps, List.of("times=" + times));
        }

        @Override
        public boolean adaptive() {
            return false;
        }

        @Override
        public NDArray sample(
                Denoiser model,
                DiffusionProcess process,
                Start start,
                NoiseSource noise,
                StepListener listener) {
            NDArray data = model.at(start.x(), start.t()).data().mul(times);
            listener.afterStep(new StepListener.Step(1, 1, process.end(), data, data));
            return data;
        }
    }

    private static NDArray sample(
            Sampler sampler, DiffusionProcess process, NDArray noise, NoiseSource steps) {
        return sampler.sample(
                model(process, DEVIATION),
                process,
                Start.from(process, noise),
                steps,
                StepListener.NONE);
    }

    /** The exact belief about data that are normal, said as the process has it. */
    private static Denoiser model(DiffusionProcess process, double deviation) {
        return (x, t) -> {
            double alpha = process.alpha(t);
            double sigma = process.sigma(t);
            double spread = alpha * deviation * deviation;
            double variance = alpha * spread + sigma * sigma;
            NDArray centred = x.sub(alpha * MEAN);
            NDArray data = centred.mul(spread / variance).add(MEAN);
            NDArray noise = centred.mul(sigma / variance);
            return process.interpret(said(process, data, noise, t), x, t);
        };
    }

    private static NDArray said(DiffusionProcess process, NDArray data, NDArray noise, double t) {
        String what = process.settings().getOrDefault("prediction", process.settings().get("mean"));
        double progress = process.progress(t);
        return switch (what) {
            case "velocity" ->
                    data.mul(process.path().alphaRate(progress))
                            .add(noise.mul(process.path().sigmaRate(progress)));
            case "noise", "epsilon" -> noise;
            case "data" -> data;
            case "v" -> noise.mul(process.alpha(t)).sub(data.mul(process.sigma(t)));
            default -> throw new AssertionError(what);
        };
    }
}
