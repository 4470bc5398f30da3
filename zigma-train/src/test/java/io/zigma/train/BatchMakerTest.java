package io.zigma.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

import io.zigma.backbone.zigma.TinyModels;
import io.zigma.diffusion.Noised;

import org.junit.jupiter.api.Test;

import java.util.Arrays;

class BatchMakerTest {

    private static final int PIXELS = 24;

    private final BatchMaker maker = new BatchMaker(TinyRuns.config());

    @Test
    void eachImageHasItsOwnNoiseAndTime() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Noised x = maker.between(3, new float[5 * PIXELS], manager);
            assertThat(x.x().getShape().getShape()).containsExactly(5, 1, 4, 6);
            float[] noise = x.noise().toFloatArray();
            assertThat(Arrays.copyOfRange(noise, 0, PIXELS))
                    .isNotEqualTo(Arrays.copyOfRange(noise, PIXELS, 2 * PIXELS));
            assertThat(Arrays.stream(x.times()).distinct().count()).isEqualTo(5);
        }
    }

    @Test
    void theSameStepDrawsTheSameAndAnotherStepDoesNot() {
        try (NDManager manager = NDManager.newBaseManager()) {
            float[] images = new float[2 * PIXELS];
            float[] first = maker.between(3, images, manager).x().toFloatArray();
            assertThat(maker.between(3, images, manager).x().toFloatArray()).containsExactly(first);
            assertThat(maker.between(4, images, manager).x().toFloatArray()).isNotEqualTo(first);
        }
    }

    @Test
    void theSetShareOfLabelsBecomesTheNullClass() {
        int batch = 500;
        int dropped = 0;
        try (NDManager manager = NDManager.newBaseManager()) {
            for (int step = 0; step < 20; step++) {
                NDArray labels = maker.condition(step, new int[batch], manager).labels();
                assertThat(labels).isNotNull();
                for (long label : labels.toLongArray()) {
                    assertThat(label).isIn(0L, 3L);
                    dropped += label == 3 ? 1 : 0;
                }
            }
        }
        assertThat(dropped / (20.0 * batch)).isCloseTo(0.3, within(0.02));
    }

    @Test
    void anUnconditionalModelGetsNoLabels() {
        BatchMaker unconditional = new BatchMaker(TrainingConfig.of(TinyModels.UNCONDITIONAL));
        try (NDManager manager = NDManager.newBaseManager()) {
            assertThat(unconditional.condition(0, new int[] {-1, -1}, manager).isNone()).isTrue();
        }
    }
}
