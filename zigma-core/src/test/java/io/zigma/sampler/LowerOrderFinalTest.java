package io.zigma.sampler;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.InterpolantProcess;
import io.zigma.diffusion.Prediction;
import io.zigma.diffusion.Processes;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The last step of DPM-Solver++, which is long in λ where no noise is left at the data. */
class LowerOrderFinalTest {

    private static final int STEPS = 12;
    private static final DiffusionProcess DDPM = Processes.KINDS.get("ddpm").create(Map.of());

    @ParameterizedTest
    @EnumSource(InterpolantKind.class)
    void theLastStepToADataEndWithoutNoiseIsOfFirstOrder(InterpolantKind kind) {
        DiffusionProcess process = new InterpolantProcess(kind, Prediction.NOISE);
        assertThat(process.sigma(process.end())).isZero();
        assertThat(orders(process, STEPS, Map.of())).startsWith(1, 2, 2).endsWith(2, 1);
    }

    @Test
    void theLastStepOfDdpmIsOfLowerOrderWithFewStepsOnlyAsInTheOfficialCode() {
        assertThat(orders(DDPM, STEPS, Map.of())).endsWith(2, 2);
        assertThat(orders(DDPM, 9, Map.of())).endsWith(2, 1);
        assertThat(orders(DDPM, STEPS, Map.of("lower-order-final", "always"))).endsWith(2, 1);
    }

    private static List<Integer> orders(
            DiffusionProcess process, int steps, Map<String, String> options) {
        DpmSolver solver = (DpmSolver) new SamplerSpec("dpm++", steps, options).create();
        return DpmStep.multistep(solver, process, process.start()).stream()
                .map(DpmStep::order)
                .toList();
    }

    /**
     * Of data of one value the prediction is exact from the beginning; what differs between steps
     * is error, which the network has at random. It must not come out larger than it is.
     */
    @ParameterizedTest(name = "{0} steps")
    @ValueSource(ints = {10, 20, 50})
    void anErrorOfTheModelIsNotAmplified(int steps) {
        double error = 0.1;
        double amplified = worst(steps, error, Map.of("lower-order-final", "never"));
        double plain = worst(steps, error, Map.of());
        assertThat(plain).isLessThan(1.1 * error);
        assertThat(amplified).isGreaterThan(2 * error);
    }

    /** The largest distance from the data, 0, if predictions are off by ± error alternately. */
    private static double worst(int steps, double error, Map<String, String> options) {
        DiffusionProcess process = new InterpolantProcess(InterpolantKind.LINEAR, Prediction.DATA);
        int[] calls = new int[1];
        Denoiser model =
                new ModelDenoiser(
                        (x, t) -> x.zerosLike().add(calls[0]++ % 2 == 0 ? error : -error), process);
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray noise = manager.ones(new Shape(1, 1, 1, 1));
            NDArray data =
                    new SamplerSpec("dpm++", steps, options)
                            .create()
                            .sample(
                                    model,
                                    process,
                                    Start.from(process, noise),
                                    SeededNoise.steps(new long[] {0}),
                                    step -> {});
            return Math.abs(data.getFloat());
        }
    }
}
