package io.zigma.train.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GradientClipTest {

    @Test
    void theNormIsTakenOverAllGradientsTogether() {
        try (NDManager manager = NDManager.newBaseManager()) {
            assertThat(new GradientClip(1).norm(gradients(manager))).isEqualTo(13);
        }
    }

    @Test
    void aLargeNormIsScaledDownToTheMaximumKeepingTheDirection() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Map<String, NDArray> gradients = gradients(manager);
            GradientClip clip = new GradientClip(1.3);
            clip.clip(gradients, clip.norm(gradients));
            assertThat(gradients.get("a").toFloatArray())
                    .containsExactly(new float[] {0.3f, -0.4f}, within(1e-6f));
            assertThat(gradients.get("b").toFloatArray())
                    .containsExactly(new float[] {-1.2f}, within(1e-6f));
        }
    }

    @Test
    void aSmallNormPassesUnchanged() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Map<String, NDArray> gradients = gradients(manager);
            GradientClip clip = new GradientClip(13);
            clip.clip(gradients, clip.norm(gradients));
            assertThat(gradients.get("a").toFloatArray()).containsExactly(3f, -4f);
        }
    }

    @Test
    void theNormShowsNonFiniteGradients() {
        try (NDManager manager = NDManager.newBaseManager()) {
            GradientClip clip = new GradientClip(1);
            NDArray bad = manager.create(new float[] {1f, Float.NaN, 2f});
            assertThat(clip.norm(Map.of("w", bad))).isNaN();
        }
    }

    @Test
    void aMaximumOfZeroIsRefused() {
        assertThatThrownBy(() -> new GradientClip(0)).hasMessageContaining("above 0");
    }

    private static Map<String, NDArray> gradients(NDManager manager) {
        Map<String, NDArray> gradients = new LinkedHashMap<>();
        gradients.put("a", manager.create(new float[] {3f, -4f}));
        gradients.put("b", manager.create(new float[] {-12f}));
        return gradients;
    }
}
