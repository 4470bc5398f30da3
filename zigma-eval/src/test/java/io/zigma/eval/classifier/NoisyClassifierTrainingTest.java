package io.zigma.eval.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonObject;
import io.zigma.backbone.adm.AdmClassifierConfig;
import io.zigma.backbone.adm.AdmShape;
import io.zigma.backbone.adm.Pool;
import io.zigma.backbone.adm.QkvOrder;
import io.zigma.backbone.adm.Resampling;
import io.zigma.base.SampleShape;
import io.zigma.checkpoint.NoisyClassifier;
import io.zigma.checkpoint.NoisyClassifierFolder;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.Processes;
import io.zigma.sampler.LogProbabilityGradient;
import io.zigma.sampler.SeededNoise;
import io.zigma.train.card.Provenance;
import io.zigma.train.listen.StepReport;
import io.zigma.train.listen.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NoisyClassifierTrainingTest {

    private static final DiffusionProcess PROCESS = Processes.KINDS.get("iddpm").create(Map.of());
    private static final ClassifierRecipe RECIPE =
            new ClassifierRecipe(60, 12, 3e-3, 0.01, true, 1, 3);

    @TempDir Path folder;

    private static AdmClassifierConfig network(int side, int width) {
        return new AdmClassifierConfig(
                SampleShape.image(1, side, side),
                3,
                1,
                new AdmShape(
                        width,
                        List.of(1.0, 1.0),
                        1,
                        List.of(2),
                        0,
                        16,
                        QkvOrder.BY_HEAD,
                        true,
                        Resampling.RESIDUAL),
                Pool.ATTENTION);
    }

    private static NoisyClassifierTraining training(Path folder, ClassifierRecipe recipe) {
        return training(folder, recipe, network(8, 32));
    }

    private static NoisyClassifierTraining training(
            Path folder, ClassifierRecipe recipe, AdmClassifierConfig network) {
        return new NoisyClassifierTraining(
                folder,
                network,
                PROCESS,
                recipe,
                PlainPictures.of(60),
                PlainPictures.of(60),
                Provenance.UNKNOWN,
                Device.cpu());
    }

    private static NoisyClassifierFolder trained(Path folder, ClassifierRecipe recipe)
            throws IOException {
        try (NoisyClassifierTraining training = training(folder, recipe)) {
            return training.run();
        }
    }

    /** It is right near the data, and along its gradient a class becomes more likely. */
    @Test
    void learnsToClassifyNoisyPicturesAndToGuide() throws IOException {
        NoisyClassifierFolder saved = trained(folder, RECIPE);
        JsonObject accuracy = saved.facts().getAsJsonObject("accuracy");
        assertThat(accuracy.get("share").getAsDouble()).isGreaterThan(0.6);
        assertThat(accuracy.get("pictures").getAsInt()).isEqualTo(60);
        JsonObject last = accuracy.getAsJsonArray("progress").get(4).getAsJsonObject();
        assertThat(last.get("right").getAsDouble() / last.get("pictures").getAsDouble())
                .isGreaterThan(0.8);
        assertThat(folder.toFile().list())
                .containsExactlyInAnyOrder("config.json", "model.safetensors", "README.md");
        assertThat(folder.resolve("README.md"))
                .content()
                .contains("# Classifier of noisy plain", "| 0.8 to 1.0 |", "--classifier-scale");
        assertThat(NoisyClassifierFolder.open(folder)).isEqualTo(saved);
        try (NoisyClassifier classifier = saved.load(Device.cpu());
                NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            NDArray noisy = SeededNoise.start(manager, new Shape(1, 8, 8), 1, 2); // (2, 1, 8, 8)
            NDArray classes = manager.create(new long[] {0, 2}); // dark, bright
            double time = PROCESS.modelTime(PROCESS.time(0.9));
            NDArray gradient = LogProbabilityGradient.each(classifier, classes, 1).at(noisy, time);
            NDArray length = gradient.square().sum(new int[] {1, 2, 3}, true).sqrt();
            NDArray moved = noisy.add(gradient.div(length).mul(1e-3));
            NDArray times = manager.full(new Shape(2), (float) time);
            NDArray before = classifier.predict(noisy, times).logSoftmax(1);
            NDArray after = classifier.predict(moved, times).logSoftmax(1);
            assertThat(after.getFloat(0, 0)).isGreaterThan(before.getFloat(0, 0));
            assertThat(after.getFloat(1, 2)).isGreaterThan(before.getFloat(1, 2));
        }
    }

    @Test
    void theSameSeedGivesTheSameBytesAndAnotherOthers() throws IOException {
        ClassifierRecipe few = new ClassifierRecipe(3, 12, 5e-3, 0.01, true, 1, 3);
        ClassifierRecipe other = new ClassifierRecipe(3, 12, 5e-3, 0.01, true, 1, 4);
        String hash = trained(folder.resolve("one"), few).weightsHash();
        assertThat(trained(folder.resolve("two"), few).weightsHash()).isEqualTo(hash);
        assertThat(trained(folder.resolve("other"), other).weightsHash()).isNotEqualTo(hash);
    }

    @Test
    void whatIsStoppedIsMeasuredAndSavedAndTrainingGoesOnFromIt() throws IOException {
        NoisyClassifierFolder saved;
        try (NoisyClassifierTraining training = training(folder.resolve("first"), RECIPE)) {
            training.addListener(
                    new TrainingListener() {
                        @Override
                        public void afterStep(StepReport report) {
                            if (report.step() == 2) {
                                training.stopAfterCurrentStep();
                            }
                        }
                    });
            saved = training.run();
        }
        assertThat(saved.facts().getAsJsonObject("training").get("steps_taken").getAsLong())
                .isEqualTo(2);
        ClassifierRecipe touch = new ClassifierRecipe(1, 12, 1e-6, 0, false, 0, 9);
        try (NoisyClassifierTraining training = training(folder.resolve("second"), touch)) {
            training.startFrom(saved);
            JsonObject before =
                    training.run()
                            .facts()
                            .getAsJsonObject("training")
                            .getAsJsonObject("started_from");
            assertThat(before.get("weights_sha256").getAsString()).isEqualTo(saved.weightsHash());
            assertThat(folder.resolve("second").resolve("README.md"))
                    .content()
                    .contains("not trained on (what it began with may have been).");
            assertThat(folder.resolve("first").resolve("README.md"))
                    .content()
                    .contains("not trained on.");
        }
        try (NoisyClassifierTraining wider =
                training(folder.resolve("third"), touch, network(8, 64))) {
            assertThatThrownBy(() -> wider.startFrom(saved))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("give the same options");
        }
    }

    @Test
    void aNetworkOfOtherPicturesIsRefused() {
        assertThatThrownBy(() -> training(folder, RECIPE, network(16, 32)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3 classes of 8×8×1, the network is for 3 of 16×16×1");
    }
}
