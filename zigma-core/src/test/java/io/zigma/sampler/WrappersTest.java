package io.zigma.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.zigma.diffusion.Denoised;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.InterpolantProcess;
import io.zigma.diffusion.Prediction;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Denoisers around a denoiser. */
class WrappersTest {

    private static final DiffusionProcess PROCESS =
            new InterpolantProcess(InterpolantKind.LINEAR, Prediction.VELOCITY);
    private static final Denoiser MODEL =
            new ModelDenoiser(new GaussianModel(PROCESS.path(), 0.8, 0.6), PROCESS);

    @Test
    void clippedDataAreWithinTheLimitAndTheRestFollows() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.create(new float[] {-3, 0, 4}, new Shape(1, 3));
            Denoised seen = new Clipping(MODEL, 1).at(x, 0.9);
            NDArray data = MODEL.at(x, 0.9).data().clip(-1, 1);
            Close.assertClose("data", seen.data(), data, Tolerance.elementwise(0, 1e-6));
            NDArray again = seen.data().mul(0.9).add(seen.noise().mul(0.1));
            Close.assertClose("x again", again, x, Tolerance.elementwise(0, 1e-5));
        }
    }

    @Test
    void cleanDataAreNotClipped() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.create(new float[] {-3, 0, 4}, new Shape(1, 3));
            assertThat(new Clipping(MODEL, 1).at(x, 1).velocity().toFloatArray())
                    .isEqualTo(MODEL.at(x, 1).velocity().toFloatArray());
        }
    }

    @Test
    void thresholdingScalesEachSampleByItsOwnQuantile() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray data =
                    manager.create(
                            new float[] {-4, 1, 2, 0, 3, 0.1f, 0.2f, -0.3f, 0.4f, 0.5f},
                            new Shape(2, 5));
            Denoiser model = (x, t) -> PROCESS.interpret(data.sub(x), x, 0).withData(data);
            Denoised seen =
                    new DynamicThresholding(model, 0.75, 0.3).at(manager.zeros(new Shape(2, 5)), 0);
            // the quantiles of magnitudes 0 1 2 3 4 and 0.1 … 0.5 at 0.75 are 3 and 0.4
            NDArray expected =
                    manager.create(
                            new float[] {-1, 1 / 3f, 2 / 3f, 0, 1, 0.25f, 0.5f, -0.75f, 1, 1},
                            new Shape(2, 5));
            Close.assertClose("data", seen.data(), expected, Tolerance.elementwise(0, 1e-6));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, 1.1, Double.NaN})
    void aQuantileThatIsNoneIsRefused(double ratio) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DynamicThresholding(MODEL, ratio, 1))
                .withMessageContaining("quantile");
    }

    @ParameterizedTest
    @ValueSource(strings = {"heun", "sde-euler", "ddim", "ancestral", "dpm++", "unipc"})
    void inpaintingFillsTheHoleAndLeavesTheRest(String name) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Shape image = new Shape(1, 4, 4);
            NDArray known = manager.full(new Shape(1, 1, 4, 4), -0.7f);
            NDArray mask = manager.ones(new Shape(1, 1, 4, 4));
            mask.set(new NDIndex(":, :, 1:3, 1:3"), 0);
            NDArray noise = SeededNoise.start(manager, image, 11);
            Inpainting inpainting = new Inpainting(MODEL, PROCESS, known, mask, noise);
            NDArray sample =
                    Samplers.of(name, 40)
                            .sample(
                                    inpainting,
                                    PROCESS,
                                    Start.from(PROCESS, noise),
                                    SeededNoise.steps(11),
                                    StepListener.NONE);
            Close.assertClose(
                    "known part",
                    sample.mul(mask),
                    known.mul(mask),
                    Tolerance.elementwise(0, 0.25)); // an SDE's last noise is in it
            NDArray pasted = inpainting.paste(sample);
            Close.assertClose("pasted", pasted.mul(mask), known.mul(mask), Tolerance.exact());
            NDArray hole = mask.neg().add(1);
            assertThat(pasted.mul(hole).sum().getFloat() / 4)
                    .as("the hole is the model's, around 0.8")
                    .isGreaterThan(0);
        }
    }

    @Test
    void theGradientOfAClassifierMovesTheScoreByItself() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.create(new float[] {0.2f, -0.4f}, new Shape(1, 2));
            NDArray gradient = manager.create(new float[] {0.5f, -1}, new Shape(1, 2));
            Denoised seen =
                    new ClassifierGuidance(MODEL, PROCESS, (at, time) -> gradient).at(x, 0.6);
            NDArray score = MODEL.at(x, 0.6).score().add(gradient);
            Close.assertClose("score", seen.score(), score, Tolerance.elementwise(1e-4, 1e-4));
            assertThat(seen.unguided().score().toFloatArray())
                    .isEqualTo(MODEL.at(x, 0.6).score().toFloatArray());
        }
    }
}
