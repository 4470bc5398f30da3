package io.zigma.op;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.base.GradientMode;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GeluTest {

    private static final Tolerance CLOSE = Tolerance.elementwise(1e-5, 1e-6);
    private static final float[] X = {-30, -5, -1.5f, -0.7f, -0.01f, 0, 0.01f, 0.7f, 1.5f, 5, 30};

    @Test
    void isTheTanhFormOfTheirPaper() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.create(X);
            float[] expected = expected(X, GeluTest::gelu);
            Close.assertClose(
                    "y", GradientMode.off(() -> Gelu.tanh(x)).toFloatArray(), expected, CLOSE);
            Close.assertClose(
                    "y", GradientMode.on(() -> Gelu.tanh(x)).toFloatArray(), expected, CLOSE);
            assertThat(x.toFloatArray()).containsExactly(X);
        }
    }

    @Test
    void itsGradientIsTheDerivative() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray ones = manager.ones(new Shape(X.length));
            float[] expected = expected(X, x -> (gelu(x + 1e-5) - gelu(x - 1e-5)) / 2e-5);
            NDArray x = manager.create(X);
            NDArray y = manager.create(X);
            Close.assertClose(
                    "tape",
                    only(Gradients.taped(List.of(x), ones, () -> Gelu.tanh(x))),
                    expected,
                    CLOSE);
            Close.assertClose(
                    "graph",
                    only(Gradients.collected(List.of(y), ones, () -> Gelu.tanh(y))),
                    expected,
                    CLOSE);
        }
    }

    @Test
    void gradientsGoOnToWhatXWasMadeOf() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray a = ScanProblem.normal(manager, new Random(1), new Shape(2, 3), 1);
            NDArray b = a.duplicate();
            NDArray weight = ScanProblem.normal(manager, new Random(2), new Shape(2, 3), 1);
            float[] graph =
                    only(Gradients.collected(List.of(a), weight, () -> Gelu.tanh(a.square())));
            float[] tape = only(Gradients.taped(List.of(b), weight, () -> Gelu.tanh(b.square())));
            Close.assertClose("gradient", tape, graph, CLOSE);
        }
    }

    private interface Function {
        double of(double x);
    }

    private static double gelu(double x) {
        return x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
    }

    private static float[] expected(float[] x, Function f) {
        float[] values = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            values[i] = (float) f.of(x[i]);
        }
        return values;
    }

    private static float[] only(List<? extends NDArray> gradients) {
        return Objects.requireNonNull(gradients.get(0)).toFloatArray();
    }
}
