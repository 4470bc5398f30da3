package io.zigma.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.Interpolant;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.InterpolantProcess;
import io.zigma.diffusion.Linear;
import io.zigma.diffusion.Prediction;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OdeSamplerTest {

    private static final Interpolant PATH = new Linear();
    private static final Network MODEL = new GaussianModel(PATH, 1.5, 0.5);
    private static final DiffusionProcess PROCESS =
            new InterpolantProcess(InterpolantKind.LINEAR, Prediction.VELOCITY);

    @ParameterizedTest
    @EnumSource(OdeMethod.class)
    void samplingFromInvertedDataGivesTheDataBack(OdeMethod method) {
        int steps = method == OdeMethod.EULER ? 2000 : 100;
        OdeSampler sampler = new OdeSampler(method, steps, 1e-6, 1e-6);
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray data = manager.create(new float[] {1, 2, 0.5f, 1.25f}, new Shape(2, 2));
            NDArray noise =
                    sampler.inverted()
                            .sample(
                                    new ModelDenoiser(MODEL, PROCESS),
                                    PROCESS,
                                    new Start(data, PROCESS.end()),
                                    SeededNoise.steps(),
                                    StepListener.NONE);
            Close.assertClose(
                    method + " data", sample(sampler, noise), data, Tolerance.ofLargest(2e-3, 0));
        }
    }

    @ParameterizedTest
    @EnumSource(InterpolantKind.class)
    void theOdeCarriesANormalDistributionToANormalDistribution(InterpolantKind kind) {
        Interpolant path = kind.interpolant();
        DiffusionProcess process = new InterpolantProcess(kind, Prediction.VELOCITY);
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray noise = manager.create(new float[] {-2, 0, 1}, new Shape(3, 1));
            NDArray samples =
                    new OdeSampler(OdeMethod.DOPRI5, 2, 1e-6, 1e-6)
                            .sample(
                                    new ModelDenoiser(new GaussianModel(path, 1.5, 0.5), process),
                                    process,
                                    Start.from(process, noise),
                                    SeededNoise.steps(),
                                    StepListener.NONE);
            // mean + deviation·noise; VP begins at α = 0.0066 and ends at t = 0.999
            Close.assertClose(
                    kind + " samples",
                    samples,
                    noise.mul(0.5).add(1.5),
                    Tolerance.elementwise(0, 0.012));
        }
    }

    @ParameterizedTest
    @EnumSource(OdeMethod.class)
    void onlyTheResultIsLeft(OdeMethod method) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray noise = manager.ones(new Shape(2, 3));
            sample(new OdeSampler(method, 5), noise);
            assertThat(manager.getManagedArrays()).hasSize(2);
        }
    }

    @ParameterizedTest
    @EnumSource(OdeMethod.class)
    void noMoreArraysAreAliveInALongerRun(OdeMethod method) {
        assertThat(mostAlive(new OdeSampler(method, 40, 1e-8, 1e-8)))
                .isEqualTo(mostAlive(new OdeSampler(method, 10, 1e-5, 1e-5)));
    }

    @Test
    void theListenerIsCalledForEveryStepInOrder() {
        List<Integer> indices = new ArrayList<>();
        List<Double> times = new ArrayList<>();
        try (NDManager manager = NDManager.newBaseManager()) {
            new OdeSampler(OdeMethod.HEUN, 4)
                    .sample(
                            new ModelDenoiser(MODEL, PROCESS),
                            PROCESS,
                            Start.from(PROCESS, manager.ones(new Shape(1, 2))),
                            SeededNoise.steps(),
                            step -> {
                                assertThat(step.total()).isEqualTo(4);
                                indices.add(step.index());
                                times.add(step.time());
                            });
        }
        assertThat(indices).containsExactly(1, 2, 3, 4);
        assertThat(times).containsExactly(0.25, 0.5, 0.75, 1.0);
    }

    @Test
    void theFirstEstimateIsTheMeanOfTheData() {
        try (NDManager manager = NDManager.newBaseManager()) {
            List<Float> estimates = new ArrayList<>();
            new OdeSampler(OdeMethod.EULER, 5)
                    .sample(
                            new ModelDenoiser(MODEL, PROCESS),
                            PROCESS,
                            Start.from(
                                    PROCESS, manager.create(new float[] {0.7f}, new Shape(1, 1))),
                            SeededNoise.steps(),
                            step -> estimates.add(step.estimate().getFloat(0, 0)));
            assertThat(estimates.get(0)).isEqualTo(1.5f);
        }
    }

    @Test
    void aListenerThatThrowsStopsTheSamplingAndNothingIsLeft() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray noise = manager.ones(new Shape(2, 3));
            int[] calls = {0};
            assertThatExceptionOfType(CancellationException.class)
                    .isThrownBy(
                            () ->
                                    new OdeSampler(OdeMethod.DOPRI5, 50)
                                            .sample(
                                                    new ModelDenoiser(MODEL, PROCESS),
                                                    PROCESS,
                                                    Start.from(PROCESS, noise),
                                                    SeededNoise.steps(),
                                                    step -> {
                                                        calls[0]++;
                                                        if (step.index() == 3) {
                                                            throw new CancellationException();
                                                        }
                                                    }));
            assertThat(calls[0]).isEqualTo(3);
            assertThat(manager.getManagedArrays()).containsExactly(noise);
        }
    }

    @Test
    void nothingIsRecordedForGradientsOnANewThread()
            throws InterruptedException, ExecutionException {
        ExecutorService worker = Executors.newSingleThreadExecutor();
        try (NDManager manager = NDManager.newBaseManager()) {
            List<Boolean> recording = new ArrayList<>();
            Network model =
                    (x, t) -> {
                        recording.add(JniUtils.isGradMode());
                        return MODEL.predict(x, t);
                    };
            worker.submit(
                            () -> {
                                recording.add(JniUtils.isGradMode());
                                new OdeSampler(OdeMethod.EULER, 2)
                                        .sample(
                                                new ModelDenoiser(model, PROCESS),
                                                PROCESS,
                                                Start.from(PROCESS, manager.ones(new Shape(1, 1))),
                                                SeededNoise.steps(),
                                                StepListener.NONE);
                                recording.add(JniUtils.isGradMode());
                            })
                    .get();
            assertThat(recording).containsExactly(true, false, false, true);
        } finally {
            worker.shutdown();
        }
    }

    @Test
    void aModelThatChangesTheShapeIsRefused() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray noise = manager.ones(new Shape(2, 3));
            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () ->
                                    new OdeSampler(OdeMethod.EULER, 2)
                                            .sample(
                                                    new ModelDenoiser(
                                                            (x, t) -> x.sum(new int[] {1}),
                                                            PROCESS),
                                                    PROCESS,
                                                    Start.from(PROCESS, noise),
                                                    SeededNoise.steps(),
                                                    StepListener.NONE))
                    .withMessage("the model turned (2, 3) into (2); sampling needs the same shape");
            assertThat(manager.getManagedArrays()).containsExactly(noise);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -5})
    void noStepAtAllIsRefused(int steps) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new OdeSampler(OdeMethod.EULER, steps))
                .withMessageContaining("at least 1 step, not " + steps);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1e-3, Double.NaN, Double.POSITIVE_INFINITY})
    void aToleranceThatIsNotAPositiveNumberIsRefused(double tolerance) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new OdeSampler(OdeMethod.DOPRI5, 10, tolerance, 1e-6))
                .withMessageContaining("the relative tolerance must be a positive number");
    }

    /** The most arrays that are alive whenever the model is asked. */
    private static int mostAlive(Sampler sampler) {
        try (NDManager manager = NDManager.newBaseManager()) {
            int[] most = {0};
            Network watched =
                    (x, t) -> {
                        most[0] = Math.max(most[0], manager.getManagedArrays().size());
                        return MODEL.predict(x, t);
                    };
            sampler.sample(
                    new ModelDenoiser(watched, PROCESS),
                    PROCESS,
                    Start.from(PROCESS, manager.ones(new Shape(2, 3))),
                    SeededNoise.steps(),
                    StepListener.NONE);
            return most[0];
        }
    }

    private static NDArray sample(Sampler sampler, NDArray noise) {
        return sampler.sample(
                new ModelDenoiser(MODEL, PROCESS),
                PROCESS,
                Start.from(PROCESS, noise),
                SeededNoise.steps(),
                StepListener.NONE);
    }
}
