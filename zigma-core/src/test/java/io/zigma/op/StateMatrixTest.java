package io.zigma.op;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.zigma.base.GradientMode;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateMatrixTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 16, 1023, 1024, 1025, 3000})
    void areNegatedExponentialsHoweverManyThereAre(int count) {
        try (NDManager manager = NDManager.newBaseManager()) {
            float[] logs = logs(count);
            NDArray array = manager.create(logs, new Shape(count, 1));

            NDArray rates = GradientMode.off(() -> StateMatrix.fromLog(array));

            assertThat(rates.getShape()).isEqualTo(new Shape(count, 1));
            float[] actual = rates.toFloatArray();
            for (int i = 0; i < count; i++) {
                double expected = -Math.exp(logs[i]);
                assertThat((double) actual[i])
                        .as("at %s", logs[i])
                        .isCloseTo(
                                expected, Offset.offset(2 * (double) Math.ulp((float) expected)));
            }
        }
    }

    @Test
    void gradientsFlowAndValuesAreTheSame() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray logs = manager.create(logs(50));
            NDArray rates = GradientMode.off(() -> StateMatrix.fromLog(logs));
            NDArray weight = manager.create(logs(50));

            NDArray gradient =
                    Gradients.taped(List.of(logs), weight, () -> StateMatrix.fromLog(logs)).get(0);

            assertThat(gradient).isNotNull();
            NDArray expected = rates.mul(weight); // d(−exp x) = −exp x
            assertThat(gradient.sub(expected).div(expected).abs().max().getFloat())
                    .isLessThan(1e-6f);
        }
    }

    @Test
    void otherTypesTakeTheEnginesWay() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray logs = manager.create(new double[] {0.5});
            NDArray rates = GradientMode.off(() -> StateMatrix.fromLog(logs));
            assertThat(rates.getDataType()).isEqualTo(DataType.FLOAT64);
            assertThat(rates.getDouble(0)).isEqualTo(-Math.exp(0.5), Offset.offset(1e-15));
        }
    }

    private static float[] logs(int count) {
        SplittableRandom random = new SplittableRandom(count);
        float[] logs = new float[count];
        for (int i = 0; i < count; i++) {
            logs[i] = (float) (random.nextDouble() * 12 - 6);
        }
        return logs;
    }
}
