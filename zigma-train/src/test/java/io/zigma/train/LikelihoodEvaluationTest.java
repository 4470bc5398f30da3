package io.zigma.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.Device;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.pipeline.ImageLikelihood;
import io.zigma.sampler.Likelihood;
import io.zigma.sampler.OdeMethod;
import io.zigma.sampler.OdeSampler;
import io.zigma.train.LikelihoodEvaluation.Listener;
import io.zigma.train.LikelihoodEvaluation.Result;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.optim.LearningRateSchedule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LikelihoodEvaluationTest {

    private static final LikelihoodEvaluation EVALUATION =
            new LikelihoodEvaluation(new Likelihood(new OdeSampler(OdeMethod.HEUN, 10)), 12, 5, 3);

    @TempDir static Path folder;
    private static CheckpointFolder trained;

    @BeforeAll
    static void trainAModel() throws IOException {
        TrainingConfig config =
                TinyRuns.config()
                        .withSteps(150)
                        .withOptimization(
                                new Optimization(
                                        new LearningRateSchedule.Constant(5e-3, 10),
                                        Optimization.DEFAULT.adamW(),
                                        2,
                                        Optimization.DEFAULT.ema()))
                        .withCadence(new Cadence(0, 1, 0, 1, 150));
        try (Training training = TinyRuns.start(folder, config)) {
            training.run();
        }
        trained = CheckpointFolder.open(folder.resolve("checkpoints").resolve("00000150"));
    }

    @Test
    void aTrainedModelFindsItsDataMoreProbableThanNoise() throws IOException {
        Result data = evaluate(TinyRuns.data());
        Result noise = evaluate(new NoisePictures());

        assertThat(data.bitsPerDimension()).isFinite();
        assertThat(noise.bitsPerDimension()).isFinite().isGreaterThan(data.bitsPerDimension() + 1);
        assertThat(data.standardError()).isPositive();
        assertThat(data.images()).isEqualTo(12);
        assertThat(data.evaluations()).isEqualTo(20);
    }

    @Test
    void theBatchSizeChangesNothing() throws IOException {
        LikelihoodEvaluation alone =
                new LikelihoodEvaluation(EVALUATION.likelihood(), 12, 1, EVALUATION.seed());

        assertThat(evaluate(alone, TinyRuns.data(), Listener.NONE).bitsPerDimension())
                .isCloseTo(evaluate(TinyRuns.data()).bitsPerDimension(), Offset.offset(1e-4));
    }

    @Test
    void progressIsHeardOfUpToItsEnd() throws IOException {
        List<Long> heard = new ArrayList<>();

        evaluate(
                EVALUATION,
                TinyRuns.data(),
                (done, all) -> {
                    assertThat(all).isEqualTo(30);
                    heard.add(done);
                });

        assertThat(heard).hasSize(30).isSorted().endsWith(30L);
    }

    @Test
    void picturesOfAnotherSizeAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> evaluate(new StripedImages(4, 6, 6, 3, 0.8f)))
                .withMessageContainingAll("1 × 4 × 6", "1 × 6 × 6");
    }

    private static Result evaluate(ImageDataset data) throws IOException {
        return evaluate(EVALUATION, data, Listener.NONE);
    }

    private static Result evaluate(
            LikelihoodEvaluation evaluation, ImageDataset data, Listener listener)
            throws IOException {
        try (ImageLikelihood model = ImageLikelihood.load(trained, Device.cpu())) {
            return evaluation.of(model, data, listener);
        }
    }

    /** Pictures whose every value is drawn at random, of no class. */
    private record NoisePictures() implements ImageDataset {

        @Override
        public String name() {
            return "noise";
        }

        @Override
        public int size() {
            return 20;
        }

        @Override
        public int channels() {
            return 1;
        }

        @Override
        public int height() {
            return 4;
        }

        @Override
        public int width() {
            return 6;
        }

        @Override
        public List<String> labels() {
            return List.of();
        }

        @Override
        public int label(int index) {
            return -1;
        }

        @Override
        public void read(int index, boolean flipped, float[] target, int offset) {
            SplittableRandom random = new SplittableRandom(index);
            for (int i = 0; i < 24; i++) {
                target[offset + i] = (float) (2 * random.nextDouble() - 1);
            }
        }

        @Override
        public String contentHash() {
            return "0".repeat(64);
        }
    }
}
