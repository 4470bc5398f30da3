package io.zigma.op;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.base.GradientMode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GatedSumTest {

    // two sequences of two tokens of two channels
    private static final float[] X = {1, 2, 3, 4, 5, 6, 7, 8};
    private static final float[] Y = {1, -1, 2, -2, 3, -3, 4, -4};
    private static final float[] GATE = {0.5f, 2, -1, 4};
    private static final float[] SUM = {1.5f, 0, 4, 0, 2, -6, 3, -8};

    @Test
    void addsWhatIsGatedForEachSequence() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.create(X, new Shape(2, 2, 2));
            NDArray y = manager.create(Y, new Shape(2, 2, 2));
            NDArray gate = manager.create(GATE, new Shape(2, 1, 2));
            assertThat(GradientMode.off(() -> GatedSum.of(x, y, gate)).toFloatArray())
                    .containsExactly(SUM);
            assertThat(x.toFloatArray()).containsExactly(X);
        }
    }

    @Test
    void writesTheSumOverTheLastResultWhereNothingIsRecorded() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.create(X);
            NDArray y = manager.create(Y);
            NDArray sum = GradientMode.off(() -> GatedSum.of(x, y));
            assertThat(sum).isSameAs(y);
            assertThat(sum.toFloatArray()).containsExactly(2, 1, 5, 2, 8, 3, 11, 4);
        }
    }

    @Test
    void gradientsFlowToAllThreeAndNothingIsWrittenOver() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.create(X, new Shape(2, 2, 2));
            NDArray y = manager.create(Y, new Shape(2, 2, 2));
            NDArray gate = manager.create(GATE, new Shape(2, 1, 2));
            NDArray ones = manager.ones(new Shape(2, 2, 2));

            List<@Nullable NDArray> gradients =
                    Gradients.taped(List.of(x, y, gate), ones, () -> GatedSum.of(x, y, gate));

            assertThat(gradients.get(0).toFloatArray()).containsOnly(1f);
            assertThat(gradients.get(1).toFloatArray())
                    .containsExactly(0.5f, 2, 0.5f, 2, -1, 4, -1, 4);
            assertThat(gradients.get(2).toFloatArray()).containsExactly(3, -3, 7, -7);
            assertThat(y.toFloatArray()).containsExactly(Y);
        }
    }
}
