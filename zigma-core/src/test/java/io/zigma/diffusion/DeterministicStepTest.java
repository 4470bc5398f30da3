package io.zigma.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DeterministicStepTest {

    private static final double[] FROM = {0, 0.25, 0.7};
    private static final double[] TO = {0.25, 0.5, 1};

    @ParameterizedTest
    @MethodSource("io.zigma.diffusion.ProcessesTest#processes")
    void theStepOfWhatIsFoundLeadsToWhereItWasAskedFor(DiffusionProcess process) {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            NDArray x = manager.randomNormal(new Shape(3, 2, 4));
            NDArray reached = manager.randomNormal(new Shape(3, 2, 4));
            double[] t = times(process, FROM);
            double[] s = times(process, TO);

            Noised found = DeterministicStep.through(process, x, t, reached, s);

            for (int i = 0; i < t.length; i++) {
                float[] data = found.data().get(i).toFloatArray();
                float[] noise = found.noise().get(i).toFloatArray();
                float[] before = x.get(i).toFloatArray();
                float[] after = reached.get(i).toFloatArray();
                for (int j = 0; j < data.length; j++) {
                    assertThat(process.alpha(t[i]) * data[j] + process.sigma(t[i]) * noise[j])
                            .as("x of sample %s", i)
                            .isCloseTo(before[j], within(1e-4));
                    assertThat(process.alpha(s[i]) * data[j] + process.sigma(s[i]) * noise[j])
                            .as("sample %s after the step", i)
                            .isCloseTo(after[j], within(1e-4));
                }
            }
            assertThat(found.times()).containsExactly(t);
            assertThat(found.time().toFloatArray())
                    .containsExactly(
                            (float) process.modelTime(t[0]),
                            (float) process.modelTime(t[1]),
                            (float) process.modelTime(t[2]));
        }
    }

    @Test
    void onStraightLinesTheVelocityIsTheDifferenceOverTheTime() {
        InterpolantProcess process =
                new InterpolantProcess(InterpolantKind.LINEAR, Prediction.VELOCITY);
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            NDArray x = manager.create(new float[] {0.5f, -1}, new Shape(1, 2));
            NDArray reached = manager.create(new float[] {0.75f, 1}, new Shape(1, 2));

            Noised found =
                    DeterministicStep.through(
                            process, x, new double[] {0.25}, reached, new double[] {0.5});

            assertThat(found.data().sub(found.noise()).toFloatArray())
                    .containsExactly(new float[] {1, 8}, within(1e-5f));
        }
    }

    @Test
    void aStepTowardsTheNoiseOrFromCleanDataIsRefused() {
        InterpolantProcess process =
                new InterpolantProcess(InterpolantKind.LINEAR, Prediction.VELOCITY);
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            NDArray x = manager.ones(new Shape(1, 2));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> through(process, x, 0.5, 0.25))
                    .withMessageContaining("does not lead from noise to data");
            assertThatIllegalArgumentException().isThrownBy(() -> through(process, x, 0.5, 0.5));
            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () ->
                                    DeterministicStep.through(
                                            process, x, new double[] {0}, x, new double[] {1, 1}))
                    .withMessageContaining("1 steps need an end each, not 2");
        }
    }

    private static void through(DiffusionProcess process, NDArray x, double t, double s) {
        DeterministicStep.through(process, x, new double[] {t}, x, new double[] {s});
    }

    private static double[] times(DiffusionProcess process, double... progress) {
        TimeInterval interval = process.samplingInterval();
        double[] times = new double[progress.length];
        for (int i = 0; i < times.length; i++) {
            times[i] = progress[i] == 1 ? process.end() : process.time(interval.at(progress[i]));
        }
        return times;
    }
}
