package io.zigma.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.zigma.nn.DropPath;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DropoutTest {

    private static final Shape SHAPE = new Shape(3, 5, 61, 67);

    @Test
    void asManyAreLeftOutAsAskedAndTheOthersKeepTheExpectation() {
        try (NDManager manager = NDManager.newBaseManager()) {
            float[] y =
                    Dropout.apply(manager.ones(SHAPE), new long[] {1, 2, 3}, 0.2).toFloatArray();
            long zeros = IntStream.range(0, y.length).filter(i -> y[i] == 0).count();
            assertThat(zeros / (double) y.length).isBetween(0.19, 0.21);
            assertThat(IntStream.range(0, y.length).mapToObj(i -> y[i]).distinct())
                    .containsExactlyInAnyOrder(0f, 1.25f);
        }
    }

    @Test
    void neighboursAreLeftOutIndependently() {
        try (NDManager manager = NDManager.newBaseManager()) {
            float[] y =
                    Dropout.apply(manager.ones(SHAPE), new long[] {1, 2, 3}, 0.5).toFloatArray();
            for (int distance : new int[] {1, 2, 67, 67 * 61}) {
                long both =
                        IntStream.range(distance, y.length)
                                .filter(i -> y[i] == 0 && y[i - distance] == 0)
                                .count();
                assertThat(both / (double) (y.length - distance))
                        .as("at distance " + distance)
                        .isBetween(0.24, 0.26);
            }
        }
    }

    @Test
    void aPicturesSeedAloneDecidesWhatItLoses() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.randomNormal(SHAPE);
            NDArray all = Dropout.apply(x, new long[] {7, 8, 7}, 0.3);
            NDIndex last = new NDIndex("2:3");
            NDArray alone = Dropout.apply(x.get(last), new long[] {7}, 0.3);
            assertThat(alone.toFloatArray()).isEqualTo(all.get(last).toFloatArray());
            boolean[] first = zeros(all, "0:1");
            assertThat(zeros(all, "2:3")).isEqualTo(first);
            assertThat(zeros(all, "1:2")).isNotEqualTo(first);
        }
    }

    private static boolean[] zeros(NDArray all, String picture) {
        float[] values = all.get(new NDIndex(picture)).toFloatArray();
        boolean[] zeros = new boolean[values.length];
        for (int i = 0; i < zeros.length; i++) {
            zeros[i] = values[i] == 0;
        }
        return zeros;
    }

    @Test
    void aPartOfABatchHasTheSeedsThatItHasInTheWhole() {
        long[] whole = DropPath.seeded(5).seeds(6);
        assertThat(Arrays.stream(whole).distinct()).hasSize(6);
        assertThat(DropPath.seeded(5).part(6, 2).seeds(3))
                .isEqualTo(Arrays.copyOfRange(whole, 2, 5));
        assertThat(DropPath.seeded(6).seeds(6)).isNotEqualTo(whole);
    }

    @Test
    void gradientsAreLeftOutInTheSamePlaces() {
        try (NDManager manager = NDManager.newBaseManager();
                GradientTape tape = GradientTape.open()) {
            NDArray x = manager.ones(SHAPE);
            x.setRequiresGradient(true);
            NDArray y = Dropout.apply(x, new long[] {1, 2, 3}, 0.4);
            tape.backward(y.sum());
            assertThat(x.getGradient().toFloatArray()).isEqualTo(y.toFloatArray());
        }
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.ones(new Shape(2, 1, 2, 2));
            assertThatThrownBy(() -> Dropout.apply(x, new long[] {1}, 0.5))
                    .hasMessage("1 seeds for 2 pictures");
            assertThatThrownBy(() -> Dropout.apply(x, new long[] {1, 2}, 1))
                    .hasMessageContaining("dropout's probability is 1.0");
        }
    }
}
