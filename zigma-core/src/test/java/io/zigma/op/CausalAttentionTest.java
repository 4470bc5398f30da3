package io.zigma.op;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.base.GradientMode;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CausalAttentionTest {

    private static final Tolerance TOLERANCE = Tolerance.ofLargest(1e-5, 1e-6);

    @Test
    void theEnginesKernelAgreesWithTheReference() {
        Random random = new Random(3);
        try (NDManager manager = NDManager.newBaseManager()) {
            for (int[] sizes : new int[][] {{1, 1, 1, 4}, {2, 5, 3, 8}, {3, 77, 4, 16}}) {
                Shape shape = new Shape(sizes[0], sizes[1], (long) sizes[2] * sizes[3]);
                NDArray q = normal(manager, random, shape);
                NDArray k = normal(manager, random, shape);
                NDArray v = normal(manager, random, shape);
                Close.assertClose(
                        "attention " + shape,
                        GradientMode.off(() -> CausalAttention.apply(q, k, v, sizes[2])),
                        CausalAttention.reference(List.of(q, k, v), sizes[2]),
                        TOLERANCE);
            }
        }
    }

    @Test
    void whatComesLaterChangesNothing() {
        Random random = new Random(4);
        try (NDManager manager = NDManager.newBaseManager()) {
            Shape shape = new Shape(1, 6, 8);
            NDArray x = normal(manager, random, shape);
            NDArray whole = CausalAttention.apply(x, x, x, 2);
            NDArray part = x.get(":, :4").duplicate();
            Close.assertClose(
                    "first four",
                    CausalAttention.apply(part, part, part, 2),
                    whole.get(":, :4"),
                    TOLERANCE);
        }
    }

    @Test
    void shapesThatDoNotFitAreRefused() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.zeros(new Shape(1, 4, 6));
            NDArray longer = manager.zeros(new Shape(1, 5, 6));
            assertThatThrownBy(() -> CausalAttention.apply(x, longer, longer, 2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("causal attention of 2 heads");
            assertThatThrownBy(() -> CausalAttention.apply(x, x, x, 4))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static NDArray normal(NDManager manager, Random random, Shape shape) {
        float[] values = new float[(int) shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return manager.create(values, shape);
    }
}
