package io.zigma.eval.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.Device;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.checkpoint.TinyCheckpoints;
import io.zigma.eval.sampling.LikelihoodEvaluation.Listener;
import io.zigma.eval.sampling.LikelihoodEvaluation.Result;
import io.zigma.pipeline.GeneratedImage;
import io.zigma.pipeline.GenerationListener;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.ImageGenerator;
import io.zigma.pipeline.ImageLikelihood;
import io.zigma.sampler.Likelihood;
import io.zigma.sampler.OdeMethod;
import io.zigma.sampler.OdeSampler;
import io.zigma.sampler.Samplers;
import io.zigma.train.StripedImages;
import io.zigma.train.TinyRuns;
import io.zigma.train.data.ImageDataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LikelihoodEvaluationTest {

    private static final Path SHIPPED = Path.of("..", "models", "fashion");
    private static final LikelihoodEvaluation EVALUATION =
            new LikelihoodEvaluation(new Likelihood(new OdeSampler(OdeMethod.HEUN, 5)), 12, 5, 3);

    @TempDir Path folder;
    private CheckpointFolder tiny;

    @BeforeEach
    void writeACheckpoint() throws IOException {
        tiny = TinyCheckpoints.write(folder, 3);
    }

    @Test
    void aTrainedModelFindsItsOwnPicturesMoreProbableThanNoise() throws IOException {
        CheckpointFolder trained = CheckpointFolder.open(SHIPPED);
        List<float[]> noise = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 2; i++) {
            float[] picture = new float[28 * 28];
            for (int j = 0; j < picture.length; j++) {
                picture[j] = (float) (2 * random.nextDouble() - 1);
            }
            noise.add(picture);
        }

        Result ofSamples = evaluate(trained, EVALUATION, new Pictures(samples(trained)));
        Result ofNoise = evaluate(trained, EVALUATION, new Pictures(noise));

        assertThat(ofSamples.bitsPerDimension()).isFinite().isBetween(0.0, 8.0);
        assertThat(ofNoise.bitsPerDimension())
                .isFinite()
                .isGreaterThan(ofSamples.bitsPerDimension() + 1);
        assertThat(ofSamples.standardError()).isPositive();
        assertThat(ofSamples.images()).isEqualTo(2);
        assertThat(ofSamples.evaluations()).isEqualTo(10);
    }

    @Test
    void theBatchSizeChangesNothing() throws IOException {
        LikelihoodEvaluation alone =
                new LikelihoodEvaluation(EVALUATION.likelihood(), 12, 1, EVALUATION.seed());

        assertThat(evaluate(tiny, alone, Shapes.NAMED).bitsPerDimension())
                .isCloseTo(
                        evaluate(tiny, EVALUATION, Shapes.NAMED).bitsPerDimension(),
                        Offset.offset(1e-4));
    }

    @Test
    void progressIsHeardOfUpToItsEnd() throws IOException {
        List<Long> progress = new ArrayList<>();
        Listener listener =
                (done, all) -> {
                    assertThat(all).isEqualTo(15);
                    progress.add(done);
                };

        try (ImageLikelihood model = ImageLikelihood.load(tiny, Device.cpu())) {
            EVALUATION.of(model, Shapes.NAMED, listener);
        }

        assertThat(progress).hasSize(15).isSorted().endsWith(15L);
    }

    @Test
    void picturesOfAnotherSizeAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> evaluate(tiny, EVALUATION, new StripedImages(4, 6, 6, 3, 0.8f)))
                .withMessageContainingAll("1 × 4 × 6", "1 × 6 × 6");
    }

    @Test
    void classesAreThoseOfTheSameName() throws IOException {
        Shapes sorted = new Shapes(List.of("square", "cross", "circle"), new int[] {2, 0, 1});

        assertThat(evaluate(tiny, EVALUATION, sorted))
                .isEqualTo(evaluate(tiny, EVALUATION, Shapes.NAMED));
    }

    @Test
    void classesThatTheModelDoesNotKnowAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> evaluate(tiny, EVALUATION, TinyRuns.data()))
                .withMessage(
                        "stripes has the classes wide, wider, widest, the model knows circle,"
                                + " square, cross; name them alike");
    }

    private static Result evaluate(
            CheckpointFolder checkpoint, LikelihoodEvaluation evaluation, ImageDataset data)
            throws IOException {
        try (ImageLikelihood model = ImageLikelihood.load(checkpoint, Device.cpu())) {
            return evaluation.of(model, data, Listener.NONE);
        }
    }

    private static List<float[]> samples(CheckpointFolder checkpoint) throws IOException {
        GenerationRequest request =
                GenerationRequest.of(GenerationRequest.ANY, 2, 7, Samplers.of("heun", 5), 1);
        List<float[]> pictures = new ArrayList<>();
        try (ImageGenerator generator = ImageGenerator.load(checkpoint, Device.cpu())) {
            for (GeneratedImage image : generator.generate(request, GenerationListener.NONE)) {
                float[] levels =
                        image.picture().getRaster().getSamples(0, 0, 28, 28, 0, (float[]) null);
                for (int i = 0; i < levels.length; i++) {
                    levels[i] = levels[i] / 127.5f - 1;
                }
                pictures.add(levels);
            }
        }
        return pictures;
    }

    /**
     * The striped pictures with the tiny model's classes.
     *
     * @param labels their names in some order
     * @param numbers of each of the stripes' classes in that order
     */
    private record Shapes(List<String> labels, int[] numbers) implements ImageDataset {

        static final Shapes NAMED =
                new Shapes(List.of("circle", "square", "cross"), new int[] {0, 1, 2});

        @Override
        public String name() {
            return "shapes";
        }

        @Override
        public int size() {
            return TinyRuns.data().size();
        }

        @Override
        public int channels() {
            return 1;
        }

        @Override
        public int height() {
            return TinyRuns.data().height();
        }

        @Override
        public int width() {
            return TinyRuns.data().width();
        }

        @Override
        public int label(int index) {
            return numbers[TinyRuns.data().label(index)];
        }

        @Override
        public void read(int index, boolean flipped, float[] target, int offset) {
            TinyRuns.data().read(index, flipped, target, offset);
        }

        @Override
        public String contentHash() {
            return TinyRuns.data().contentHash();
        }
    }

    /** Grey pictures of 28 × 28 and of no class. */
    private record Pictures(List<float[]> all) implements ImageDataset {

        @Override
        public String name() {
            return "pictures";
        }

        @Override
        public int size() {
            return all.size();
        }

        @Override
        public int channels() {
            return 1;
        }

        @Override
        public int height() {
            return 28;
        }

        @Override
        public int width() {
            return 28;
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
            System.arraycopy(all.get(index), 0, target, offset, all.get(index).length);
        }

        @Override
        public String contentHash() {
            return "0".repeat(64);
        }
    }
}
