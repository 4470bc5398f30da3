package io.zigma.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrainingLossTest {

    @ParameterizedTest
    @EnumSource(Prediction.class)
    void aPerfectModelLosesNothing(Prediction prediction) {
        try (NDManager manager = NDManager.newBaseManager()) {
            DiffusionProcess process = new InterpolantProcess(InterpolantKind.GVP, prediction);
            Interpolant path = process.path();
            NDArray noise = manager.create(new float[] {0.5f, -1, 2, 0.25f}, new Shape(2, 2));
            NDArray data = manager.create(new float[] {-1, 0, 1, 3}, new Shape(2, 2));
            Noised mixed = process.noised(data, noise, 0.25, 0.75);
            NDArray perfect =
                    switch (prediction) {
                        case VELOCITY -> path.velocity(data, noise, 0.25, 0.75);
                        case NOISE -> noise;
                        case SCORE -> path.scoreFromNoise(noise, 0.25, 0.75);
                        case DATA -> data;
                    };
            Close.assertClose(
                    prediction + " loss",
                    process.loss(perfect, mixed),
                    manager.zeros(new Shape(2)),
                    Tolerance.elementwise(0, 1e-9));
        }
    }

    @Test
    void gradientsFlowToTheOutput() {
        try (NDManager manager = NDManager.newBaseManager()) {
            DiffusionProcess process =
                    new InterpolantProcess(
                            InterpolantKind.LINEAR, Prediction.NOISE, LossWeight.LIKELIHOOD);
            NDArray noise = manager.create(new float[] {0.5f, -1, 2, 0.25f}, new Shape(2, 2));
            NDArray data = manager.create(new float[] {-1, 0, 1, 3}, new Shape(2, 2));
            NDArray output = manager.create(new float[] {1, 2, 3, 4}, new Shape(2, 2));
            output.setRequiresGradient(true);
            Noised mixed = process.noised(data, noise, 0.25, 0.75);
            try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                collector.backward(process.loss(output, mixed).sum());
            }
            // d/dout of w·mean((out − noise)²) over 2 values is w·(out − noise), w = 1/(t(1 − t))
            NDArray expected = output.sub(noise).div(0.25 * 0.75);
            Close.assertClose(
                    "gradient", output.getGradient(), expected, Tolerance.elementwise(1e-5, 1e-6));
        }
    }

    @Test
    void whatTheLossMakesOnTheWayIsClosed() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray noise = manager.ones(new Shape(2, 2));
            DiffusionProcess process =
                    new InterpolantProcess(
                            InterpolantKind.LINEAR, Prediction.SCORE, LossWeight.VELOCITY);
            Noised mixed = process.noised(noise, noise, 0.25, 0.75);
            int before = manager.getManagedArrays().size();
            process.loss(noise, mixed);
            assertThat(manager.getManagedArrays()).hasSize(before + 1);
        }
    }

    @Test
    void anOutputOfAnotherShapeIsRefused() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray noise = manager.ones(new Shape(2, 2));
            DiffusionProcess process =
                    new InterpolantProcess(InterpolantKind.LINEAR, Prediction.VELOCITY);
            Noised mixed = process.noised(noise, noise, 0.25, 0.75);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> process.loss(manager.ones(new Shape(2, 1)), mixed))
                    .withMessage(
                            "the model turned (2, 2) into (2, 1); training needs the same shape");
        }
    }
}
