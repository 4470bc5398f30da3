package io.zigma.eval.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import com.google.gson.JsonObject;
import io.zigma.eval.feature.ClassifierFolder;
import io.zigma.train.card.Provenance;
import io.zigma.train.listen.StepReport;
import io.zigma.train.listen.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassifierTrainingTest {

    private static final ClassifierRecipe RECIPE =
            new ClassifierRecipe(40, 12, 5e-3, 0.01, true, 1, 3);

    @TempDir Path folder;

    @Test
    void learnsToClassifyPictures() throws IOException {
        try (ClassifierTraining training = training(folder, RECIPE)) {
            JsonObject accuracy = training.run().facts().accuracy();

            assertThat(accuracy.get("share").getAsDouble()).isGreaterThan(0.9);
            assertThat(accuracy.get("pictures").getAsInt()).isEqualTo(21);
            assertThat(accuracy.getAsJsonObject("classes").keySet())
                    .containsExactlyElementsOf(PlainPictures.CLASSES);
        }
        assertThat(folder.toFile().list())
                .containsExactlyInAnyOrder("config.json", "model.safetensors", "README.md");
        assertThat(folder.resolve("README.md")).content().contains("| bright | 100.0 % |");
    }

    @Test
    void theSameSeedGivesTheSameBytes() throws IOException {
        ClassifierRecipe few = new ClassifierRecipe(4, 12, 5e-3, 0.01, true, 1, 3);
        assertThat(hash(folder.resolve("one"), few)).isEqualTo(hash(folder.resolve("two"), few));
    }

    @Test
    void anotherSeedGivesOthers() throws IOException {
        ClassifierRecipe one = new ClassifierRecipe(1, 12, 5e-3, 0.01, true, 1, 3);
        ClassifierRecipe other = new ClassifierRecipe(1, 12, 5e-3, 0.01, true, 1, 4);
        assertThat(hash(folder.resolve("one"), one))
                .isNotEqualTo(hash(folder.resolve("other"), other));
    }

    @Test
    void whatIsStoppedIsMeasuredAndSaved() throws IOException {
        ClassifierFolder saved;
        try (ClassifierTraining training = training(folder, RECIPE)) {
            training.addListener(
                    new TrainingListener() {
                        @Override
                        public void afterStep(StepReport report) {
                            if (report.step() == 3) {
                                training.stopAfterCurrentStep();
                            }
                        }
                    });
            saved = training.run();
        }
        assertThat(saved.facts().training().get("steps_taken").getAsLong()).isEqualTo(3);
        assertThat(ClassifierFolder.open(folder)).isEqualTo(saved);
        saved.load(Device.cpu()).close();
    }

    @Test
    void trainingFromOtherWeightsRecordsThemAndIsAlreadyGood() throws IOException {
        ClassifierFolder first;
        try (ClassifierTraining training = training(folder.resolve("first"), RECIPE)) {
            first = training.run();
        }
        ClassifierRecipe touch = new ClassifierRecipe(1, 12, 1e-6, 0, false, 0, 9);
        try (ClassifierTraining training = training(folder.resolve("second"), touch)) {
            training.startFrom(first);
            ClassifierFolder second = training.run();

            assertThat(second.facts().accuracy().get("share").getAsDouble()).isGreaterThan(0.9);
            assertThat(
                            second.facts()
                                    .training()
                                    .getAsJsonObject("started_from")
                                    .get("weights_sha256")
                                    .getAsString())
                    .isEqualTo(first.weightsHash());
        }
        assertThat(folder.resolve("second").resolve("README.md"))
                .content()
                .contains("it began with the weights of an earlier training of 40 steps");
    }

    @Test
    void weightsOfAnotherClassifierAreRefused() throws IOException {
        ClassifierFolder first;
        try (ClassifierTraining training = training(folder, RECIPE)) {
            training.stopAfterCurrentStep();
            first = training.run();
        }
        PlainPictures larger = new PlainPictures(20, PlainPictures.CLASSES, 9);
        try (ClassifierTraining training = training(larger, larger)) {
            assertThatThrownBy(() -> training.startFrom(first))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("is a classifier of 8×8×1, plain has 9×9×1");
        }
    }

    @Test
    void picturesWithoutClassesAreRefused() {
        PlainPictures none = new PlainPictures(20, List.of(), 8);

        assertThatThrownBy(() -> training(none, none))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no classes");
    }

    @Test
    void testPicturesOfOtherClassesAreRefused() {
        PlainPictures others = new PlainPictures(20, List.of("x", "y", "z"), 8);

        assertThatThrownBy(() -> training(PlainPictures.of(20), others))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("have x, y, z; name them alike");
    }

    @Test
    void testPicturesOfAnotherSizeAreRefused() {
        PlainPictures larger = new PlainPictures(20, PlainPictures.CLASSES, 9);

        assertThatThrownBy(() -> training(PlainPictures.of(20), larger))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--image-size");
    }

    @Test
    void aBatchOfOneCannotBeNormalised() {
        assertThatThrownBy(() -> new ClassifierRecipe(1, 1, 1e-3, 0, false, 0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 2");
    }

    private ClassifierTraining training(PlainPictures data, PlainPictures test) {
        return new ClassifierTraining(folder, RECIPE, data, test, Provenance.UNKNOWN, Device.cpu());
    }

    private static ClassifierTraining training(Path folder, ClassifierRecipe recipe) {
        return new ClassifierTraining(
                folder,
                recipe,
                PlainPictures.of(60),
                PlainPictures.of(21),
                Provenance.UNKNOWN,
                Device.cpu());
    }

    private static String hash(Path folder, ClassifierRecipe recipe) throws IOException {
        try (ClassifierTraining training = training(folder, recipe)) {
            return training.run().weightsHash();
        }
    }
}
