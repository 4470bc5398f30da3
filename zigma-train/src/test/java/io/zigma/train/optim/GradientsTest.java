package io.zigma.train.optim;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GradientsTest {

    @Test
    void gradientsGoWithTheStepsManagerNotWithTheModels() {
        try (NDManager model = NDManager.newBaseManager()) {
            NDArray weight = weightWithGradient(model);
            int before = model.getManagedArrays().size();
            try (NDManager step = model.newSubManager()) {
                NDArray gradient = Gradients.of(Map.of("w", weight), step).get("w");
                assertThat(gradient.toFloatArray()).containsExactly(2f, 4f);
            }
            assertThat(model.getManagedArrays()).hasSize(before);
        }
    }

    @Test
    void zeroingClearsEvenNonFiniteGradients() {
        try (NDManager model = NDManager.newBaseManager()) {
            NDArray weight = weightWithGradient(model);
            Map<String, NDArray> parameters = Map.of("w", weight);
            Gradients.of(parameters, model).get("w").muli(Float.NaN);
            Gradients.zero(parameters);
            assertThat(Gradients.of(parameters, model).get("w").toFloatArray())
                    .containsExactly(0f, 0f);
        }
    }

    private static NDArray weightWithGradient(NDManager manager) {
        NDArray weight = manager.create(new float[] {1f, 2f});
        weight.setRequiresGradient(true);
        try (NDManager graph = manager.newSubManager();
                GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            NDArray loss = weight.square().sum();
            loss.attach(graph);
            collector.backward(loss);
        }
        return weight;
    }
}
