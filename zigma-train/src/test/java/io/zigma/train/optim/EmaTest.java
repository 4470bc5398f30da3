package io.zigma.train.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EmaTest {

    @Test
    void theEmaStartsAsACopyThatLaterWeightsDoNotTouch() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray weight = manager.create(new float[] {1f, 2f});
            Ema ema = ema(EmaConfig.DEFAULT, weight);
            weight.muli(0);
            assertThat(ema.averages().get("w").toFloatArray()).containsExactly(1f, 2f);
        }
    }

    @Test
    void eachUpdateWeightsTheOldAverageWithTheDecay() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray weight = manager.create(new float[] {1f});
            Ema ema = ema(new EmaConfig(0.75, false), weight);
            weight.addi(8);
            ema.update();
            ema.update();
            // 9 − 8·0.75² = 4.5
            assertThat(ema.averages().get("w").getFloat()).isCloseTo(4.5f, within(1e-6f));
        }
    }

    @Test
    void theEmaOfWeightsWithGradientsHasNone() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray weight = manager.create(new float[] {1f});
            weight.setRequiresGradient(true);
            Ema ema = ema(EmaConfig.DEFAULT, weight);
            ema.update();
            assertThat(ema.averages().get("w").hasGradient()).isFalse();
        }
    }

    @Test
    void warmUpForgetsTheStartSoonerAndEndsAtTheDecay() {
        EmaConfig config = new EmaConfig(0.99, true);
        assertThat(config.decayAt(0)).isEqualTo(0.1);
        assertThat(config.decayAt(90)).isEqualTo(0.91);
        assertThat(config.decayAt(1_000_000)).isEqualTo(0.99);
        assertThat(EmaConfig.DEFAULT.decayAt(0)).isEqualTo(0.9999);
    }

    @Test
    void aDecayOfOneIsRefused() {
        assertThatThrownBy(() -> new EmaConfig(1, false)).hasMessageContaining("EMA decay");
    }

    private static Ema ema(EmaConfig config, NDArray weight) {
        NDArray average = weight.getManager().zeros(weight.getShape());
        return new Ema(config, Map.of("w", weight), Map.of("w", average));
    }
}
