package io.zigma.eval.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.base.SampleShape;
import io.zigma.engine.EngineStart;
import io.zigma.eval.MovingBars;
import io.zigma.eval.feature.Classifier;
import io.zigma.eval.feature.ClassifierConfig;
import io.zigma.eval.feature.ClassifierFolder;
import io.zigma.eval.metric.FeatureMatrix;
import io.zigma.train.card.Provenance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Classifiers of clips. */
class ClipClassifierTest {

    private static final ClassifierRecipe RECIPE =
            new ClassifierRecipe(60, 16, 5e-3, 0.01, false, 1, 3);

    @TempDir static Path folder;
    private static ClassifierFolder trained;

    @BeforeAll
    static void train() throws IOException {
        trained = train("bars", RECIPE);
    }

    private static ClassifierFolder train(String name, ClassifierRecipe recipe) throws IOException {
        try (ClassifierTraining training =
                new ClassifierTraining(
                        folder.resolve(name),
                        recipe,
                        new MovingBars(160, 1),
                        new MovingBars(40, 2),
                        Provenance.UNKNOWN,
                        Device.cpu())) {
            return training.run();
        }
    }

    @Test
    void itTellsMotionsApartThatNoFrameShows() {
        assertThat(trained.facts().accuracy().get("share").getAsDouble()).isGreaterThan(0.95);
    }

    @Test
    void aClipThatIsPlayedBackwardsMovesTheOtherWay() throws IOException {
        MovingBars bars = new MovingBars(20, 9);
        int frame = 64;
        float[] forwards = new float[20 * bars.sample().size()];
        float[] backwards = new float[forwards.length];
        for (int i = 0; i < 20; i++) {
            int clip = i * bars.sample().size();
            bars.read(i, false, forwards, clip);
            for (int t = 0; t < MovingBars.FRAMES; t++) {
                System.arraycopy(
                        forwards,
                        clip + t * frame,
                        backwards,
                        clip + (MovingBars.FRAMES - 1 - t) * frame,
                        frame);
            }
        }
        try (Classifier classifier = trained.load(Device.cpu())) {
            FeatureMatrix one = logits(classifier, forwards);
            FeatureMatrix other = logits(classifier, backwards);
            int turned = 0;
            for (int i = 0; i < 20; i++) {
                turned +=
                        (one.at(i, 0) > one.at(i, 1)) != (other.at(i, 0) > other.at(i, 1)) ? 1 : 0;
            }
            assertThat(turned).isGreaterThanOrEqualTo(18);
        }
    }

    @Test
    void whatIsSavedIsReadAgainWithItsFrames() throws IOException {
        ClassifierFolder read = ClassifierFolder.open(trained.path());
        assertThat(read).isEqualTo(trained);
        assertThat(read.config().sample()).isEqualTo(SampleShape.video(6, 1, 8, 8));
        assertThat(trained.path().resolve("README.md"))
                .content()
                .contains("grey clips of 6 frames of 8×8 pixels");
    }

    @Test
    void theSameSeedGivesTheSameBytes() throws IOException {
        ClassifierRecipe few = new ClassifierRecipe(3, 8, 5e-3, 0.01, false, 1, 5);
        assertThat(train("one", few).weightsHash()).isEqualTo(train("two", few).weightsHash());
    }

    @Test
    void picturesAndOtherClipsAreRefused() throws IOException {
        try (Classifier classifier = trained.load(Device.cpu());
                NDManager manager = EngineStart.newManager(Device.cpu());
                NDArray picture = manager.zeros(new Shape(1, 1, 8, 8));
                NDArray longer = manager.zeros(new Shape(1, 7, 1, 8, 8))) {
            assertThatThrownBy(() -> classifier.classify(picture))
                    .hasMessageContaining("(6, 1, 8, 8)");
            assertThatThrownBy(() -> classifier.classify(longer))
                    .hasMessageContaining("(6, 1, 8, 8), not (7, 1, 8, 8)");
        }
    }

    @Test
    void allFramesOfAClipAreMovedAlike() {
        float[] clip = new float[2 * 3 * 4 * 4];
        Random random = new Random(4);
        for (int i = 0; i < 16; i++) {
            float value = random.nextFloat();
            for (int plane = 0; plane < 6; plane++) {
                clip[plane * 16 + i] = value;
            }
        }
        float[] moved = new Shifts(SampleShape.video(2, 3, 4, 4), 2, 11).apply(clip, 5);
        for (int plane = 1; plane < 6; plane++) {
            for (int i = 0; i < 16; i++) {
                assertThat(moved[plane * 16 + i]).isEqualTo(moved[i]);
            }
        }
    }

    @Test
    void aNetworkOfClipsOfEmojiIsSmall() throws IOException {
        ClassifierConfig config =
                ClassifierConfig.forSamples(
                        SampleShape.video(16, 3, 32, 32), List.of("falling", "rising"));
        assertThat(config.widths()).containsExactly(16, 32, 64, 128);
        assertThat(Files.size(trained.path().resolve("model.safetensors"))).isLessThan(1 << 20);
    }

    private static FeatureMatrix logits(Classifier classifier, float[] clips) {
        try (NDManager manager = EngineStart.newManager(Device.cpu());
                NDArray array = manager.create(clips, new Shape(20, MovingBars.FRAMES, 1, 8, 8))) {
            return classifier.classify(array).logits();
        }
    }
}
