package io.zigma.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import io.zigma.backbone.Backbone;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.checkpoint.TinyCheckpoints;
import io.zigma.condition.Condition;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.InterpolantProcess;
import io.zigma.diffusion.Prediction;
import io.zigma.nn.Pass;
import io.zigma.sampler.DifferentiableModel;
import io.zigma.sampler.Likelihood;
import io.zigma.sampler.OdeMethod;
import io.zigma.sampler.OdeSampler;
import io.zigma.sampler.SeededNoise;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageLikelihoodTest {

    private static final Likelihood HEUN = new Likelihood(new OdeSampler(OdeMethod.HEUN, 8));
    private static final int VALUES = 4 * 6;
    private static final byte[] LEVELS = levels();
    private static final int[] LABELS = {2, ImageLikelihood.ANY};
    private static final long[] SEEDS = {5, 6};

    @TempDir Path folder;
    private CheckpointFolder checkpoint;

    @BeforeEach
    void writeACheckpoint() throws IOException {
        checkpoint = TinyCheckpoints.write(folder, 3);
    }

    @Test
    void theDerivativeIsThatOfTheModel() throws IOException {
        double[] bits = bits(LEVELS, LABELS, SEEDS);

        double[] expected = bitsByDifferences();
        for (int i = 0; i < bits.length; i++) {
            assertThat(bits[i]).as("image %d", i).isCloseTo(expected[i], Offset.offset(2e-3));
        }
    }

    @Test
    void anImageGetsTheSameAloneAsInABatch() throws IOException {
        double[] together = bits(LEVELS, LABELS, SEEDS);
        for (int i = 0; i < together.length; i++) {
            byte[] one = Arrays.copyOfRange(LEVELS, i * VALUES, (i + 1) * VALUES);
            assertThat(bits(one, new int[] {LABELS[i]}, new long[] {SEEDS[i]})[0])
                    .isCloseTo(together[i], Offset.offset(1e-5));
        }
    }

    @Test
    void anotherSeedGivesOtherDequantisationAndProbes() throws IOException {
        assertThat(bits(LEVELS, LABELS, SEEDS)[0])
                .isNotEqualTo(bits(LEVELS, LABELS, new long[] {7, 8})[0]);
    }

    @Test
    void aDensityThatIsUniformOverTheLevelsNeedsEightBits() {
        // 256 levels fill 256 / 127.5 units of each value
        double nats = -VALUES * Math.log(256 / 127.5);

        assertThat(ImageLikelihood.bitsPerDimension(nats, VALUES))
                .isCloseTo(8, Offset.offset(1e-12));
    }

    @Test
    void aClassThatTheModelLacksIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> bits(LEVELS, new int[] {3, 0}, SEEDS))
                .withMessageContaining("0 to 2");
    }

    @Test
    void arraysThatDoNotFitAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> bits(new byte[7], LABELS, SEEDS))
                .withMessageContaining("7 values");
    }

    private double[] bits(byte[] levels, int[] labels, long[] seeds) throws IOException {
        try (ImageLikelihood likelihood = ImageLikelihood.load(checkpoint, Device.cpu())) {
            return likelihood
                    .of(levels, labels, seeds, HEUN, Likelihood.Progress.NONE)
                    .bitsPerDimension();
        }
    }

    /** With εᵀJε from two evaluations beside x, as ε·(f(x + hε) − f(x − hε)) / 2h. */
    private double[] bitsByDifferences() throws IOException {
        double h = 1e-2;
        try (NDManager manager = NDManager.newBaseManager()) {
            Backbone model = checkpoint.loadModel(manager);
            Pass pass = Pass.inference(new ParameterStore(manager, false));
            Condition rows = Condition.ofLabels(manager.create(new long[] {2, 3}));
            DifferentiableModel differences =
                    (x, t, direction) -> {
                        NDArray ahead = x.add(direction.mul(h));
                        NDArray behind = x.sub(direction.mul(h));
                        NDArray change =
                                model.forward(pass, ahead, t, rows)
                                        .sub(model.forward(pass, behind, t, rows));
                        return new DifferentiableModel.Pullback(
                                model.forward(pass, x, t, rows), change.div(2 * h));
                    };
            Shape image = new Shape(1, 4, 6);
            float[] x = new float[LEVELS.length];
            for (int i = 0; i < SEEDS.length; i++) {
                double[] within = SeededNoise.uniform(SEEDS[i], VALUES);
                for (int j = 0; j < VALUES; j++) {
                    int at = i * VALUES + j;
                    x[at] = (float) (((LEVELS[at] & 0xff) + within[j] - 0.5) / 127.5 - 1);
                }
            }
            return Arrays.stream(
                            HEUN.of(
                                            differences,
                                            new InterpolantProcess(
                                                    InterpolantKind.LINEAR, Prediction.VELOCITY),
                                            manager.create(x, new Shape(2).addAll(image)),
                                            SeededNoise.signs(manager, image, SEEDS),
                                            Likelihood.Progress.NONE)
                                    .nats())
                    .map(nats -> ImageLikelihood.bitsPerDimension(nats, VALUES))
                    .toArray();
        }
    }

    private static byte[] levels() {
        byte[] levels = new byte[2 * VALUES];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = (byte) (i * 37);
        }
        return levels;
    }
}
