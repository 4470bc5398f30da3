package io.zigma.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NormalizationTest {

    private static final double EPS = 1e-5;
    private static final Shape SHAPE = new Shape(3, 4, 7);

    @Test
    void theRootMeanSquareNormIsItsFormula() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = ScanProblem.normal(manager, new Random(1), SHAPE, 3);
            NDArray weight = ScanProblem.normal(manager, new Random(2), new Shape(7), 1);
            Close.assertClose(
                    "rms",
                    Normalization.rms(x, weight, EPS).toFloatArray(),
                    expected(x, false, weight, null),
                    Tolerance.elementwise(1e-6, 1e-6));
        }
    }

    @Test
    void theLayerNormIsItsFormulaWithAndWithoutParameters() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = ScanProblem.normal(manager, new Random(1), SHAPE, 3);
            NDArray weight = ScanProblem.normal(manager, new Random(2), new Shape(7), 1);
            NDArray bias = ScanProblem.normal(manager, new Random(3), new Shape(7), 1);
            Tolerance close = Tolerance.elementwise(1e-6, 2e-6);
            Close.assertClose(
                    "affine",
                    Normalization.layer(x, weight, bias, EPS).toFloatArray(),
                    expected(x, true, weight, bias),
                    close);
            Close.assertClose(
                    "plain",
                    Normalization.layer(x, null, null, EPS).toFloatArray(),
                    expected(x, true, null, null),
                    close);
        }
    }

    @Test
    void resultsBelongToTheInputAndNothingElseStays() {
        try (NDManager model = NDManager.newBaseManager();
                NDManager manager = NDManager.newBaseManager()) {
            NDArray x = ScanProblem.normal(manager, new Random(1), SHAPE, 3);
            NDArray weight = ScanProblem.normal(model, new Random(2), new Shape(7), 1);
            assertThat(Normalization.rms(x, weight, EPS).getManager()).isSameAs(manager);
            assertThat(Normalization.layer(x, weight, null, EPS).getManager()).isSameAs(manager);
            assertThat(manager.getManagedArrays()).as("x and the results").hasSize(3);
            assertThat(model.getManagedArrays()).as("the weight").hasSize(1);
        }
    }

    @Test
    void aWeightOfAnotherLengthIsRefused() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.zeros(SHAPE);
            NDArray weight = manager.ones(new Shape(6));
            assertThatThrownBy(() -> Normalization.rms(x, weight, EPS))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the weight must be (7), not (6)");
        }
    }

    private static float[] expected(
            NDArray array, boolean centred, @Nullable NDArray weight, @Nullable NDArray bias) {
        float[] x = array.toFloatArray();
        float[] weights = weight == null ? null : weight.toFloatArray();
        float[] biases = bias == null ? null : bias.toFloatArray();
        int size = (int) array.getShape().get(array.getShape().dimension() - 1);
        float[] y = new float[x.length];
        for (int row = 0; row < x.length; row += size) {
            double mean = 0;
            for (int i = 0; i < size; i++) {
                mean += centred ? x[row + i] / (double) size : 0;
            }
            double square = 0;
            for (int i = 0; i < size; i++) {
                square += Math.pow(x[row + i] - mean, 2) / size;
            }
            for (int i = 0; i < size; i++) {
                double value = (x[row + i] - mean) / Math.sqrt(square + EPS);
                value *= weights == null ? 1 : weights[i];
                y[row + i] = (float) (value + (biases == null ? 0 : biases[i]));
            }
        }
        return y;
    }
}
