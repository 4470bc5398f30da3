package io.zigma.eval;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.zigma.backbone.BackboneSpec;
import io.zigma.backbone.Signature;
import io.zigma.base.SampleShape;
import io.zigma.checkpoint.Backbones;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.condition.ByClass;
import io.zigma.eval.metric.AgreementMetric;
import io.zigma.eval.metric.FrechetMetric;
import io.zigma.eval.metric.MemorisationMetric;
import io.zigma.eval.metric.Quantity;
import io.zigma.eval.sampling.SampleSettings;
import io.zigma.eval.sampling.Sampling;
import io.zigma.media.PictureFormat;
import io.zigma.pipeline.ImageGenerator;
import io.zigma.sampler.Sampler;
import io.zigma.sampler.Samplers;
import io.zigma.train.ToyBackbone;
import io.zigma.train.ToyDataFormat;
import io.zigma.train.ToySampler;
import io.zigma.train.Training;
import io.zigma.train.TrainingRequest;
import io.zigma.train.card.Provenance;
import io.zigma.train.config.Cadence;
import io.zigma.train.config.Optimization;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.data.DatasetOptions;
import io.zigma.train.data.Datasets;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.optim.EmaConfig;
import io.zigma.train.optim.LearningRateSchedule;
import io.zigma.train.run.CheckpointStore;
import io.zigma.train.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A backbone, a sampler and a data format that a program adds in its own code, one class and one
 * registration each, are trained, sampled and evaluated as ours are.
 */
class ExtensionTest {

    private static final List<String> CLASSES = List.of("circle", "cross", "square");
    private static final Signature SIGNATURE =
            Signature.of(SampleShape.image(1, 4, 6), new ByClass(3, true));
    private static final int STEPS = 200;

    @TempDir Path folder;

    @BeforeAll
    static void register() {
        Backbones.REGISTRY.register(ToyBackbone.INSTANCE);
        Samplers.KINDS.register(ToySampler.KIND);
        Datasets.register(ToyDataFormat.INSTANCE);
    }

    @Test
    void aBackboneASamplerAndADataFormatOfOnesOwnTrainSampleAndAreEvaluated() throws IOException {
        ImageDataset data = Datasets.open(toyFile("training", 0), DatasetOptions.defaults());
        assertThat(data.labels()).isEqualTo(CLASSES);
        requireBetterTrainedThanNot(
                new ToyBackbone.Spec(SIGNATURE, 24), data, Samplers.of("toy-jump", 1));
    }

    @Test
    void aTinyDiTIsTrainedAndEvaluatedTheSameWay() throws IOException {
        ImageDataset data = Datasets.open(toyFile("training", 0), DatasetOptions.defaults());
        BackboneSpec model =
                Backbones.REGISTRY
                        .get("dit")
                        .create(
                                Optional.empty(),
                                SIGNATURE,
                                Map.of("hidden-size", "16", "depth", "2", "heads", "2"));
        requireBetterTrainedThanNot(model, data, Samplers.of("heun", 4));
    }

    /** Trains a model for a step and, in another run, for long, and evaluates both. */
    private void requireBetterTrainedThanNot(BackboneSpec model, ImageDataset data, Sampler sampler)
            throws IOException {
        Map<Quantity, Double> before = figures(train(model, data, 1), sampler, data);
        Map<Quantity, Double> after = figures(train(model, data, STEPS), sampler, data);
        assertThat(after.get(FrechetMetric.DISTANCE))
                .isLessThan(0.5 * before.get(FrechetMetric.DISTANCE));
        assertThat(after).containsKeys(AgreementMetric.AGREEMENT, MemorisationMetric.MEMORISED);
    }

    private Map<Quantity, Double> figures(
            CheckpointFolder checkpoint, Sampler sampler, ImageDataset data) throws IOException {
        ImageDataset test = Datasets.open(toyFile("test", 1), DatasetOptions.defaults());
        FeatureCache cache =
                new FeatureCache(
                        folder.resolve("features"), Device.cpu(), (network, done, total) -> {});
        try (ImageGenerator generator = ImageGenerator.load(checkpoint, Device.cpu())) {
            Samples samples =
                    new Sampling(folder.resolve("samples"), 30)
                            .take(
                                    generator,
                                    SampleSettings.of(
                                            checkpoint,
                                            sampler,
                                            checkpoint.config().sampling().guidance(),
                                            ClassPlan.equal(CLASSES.size()),
                                            1),
                                    new PictureFormat(1, 4, 6).sample(),
                                    30,
                                    (done, total) -> {});
            Evaluation evaluation =
                    new Evaluation(
                            FeatureNetworks.of(new ProjectingClassifier(7)),
                            cache,
                            checkpoint.config().labels(),
                            Optional.of(RealPictures.withTest(data, test)),
                            Optional.empty());
            return evaluation.evaluate(1, samples).figures();
        }
    }

    private CheckpointFolder train(BackboneSpec model, ImageDataset data, int steps)
            throws IOException {
        TrainingConfig config =
                TrainingConfig.of(model)
                        .withSteps(steps)
                        .withBatchSize(6)
                        .withSeed(9)
                        .withOptimization(
                                new Optimization(
                                        new LearningRateSchedule.Constant(1e-2, 5),
                                        Optimization.DEFAULT.adamW(),
                                        1,
                                        new EmaConfig(0.9, true)))
                        .withCadence(new Cadence(0, 1, 0, 1, steps));
        Path run = folder.resolve(model.kind().name() + steps);
        Provenance provenance = new Provenance("a test", "made up", "CC0-1.0");
        try (Training training =
                Training.start(TrainingRequest.of(run, config, data).withProvenance(provenance))) {
            assertThat(training.run()).isEqualTo(Training.Ending.FINISHED);
        }
        CheckpointStore store = new CheckpointStore(new RunFolder(run));
        CheckpointFolder checkpoint = CheckpointFolder.open(store.folder(steps));
        assertThat(checkpoint.config().model()).isEqualTo(model);
        return checkpoint;
    }

    /** Of class k every (k + 2)nd column is white, from a column of each picture's own on. */
    private Path toyFile(String name, int first) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int picture = 0; picture < 30; picture++) {
            int label = picture % CLASSES.size();
            StringBuilder row = new StringBuilder();
            for (int x = 0; x < 6; x++) {
                row.append((x + first + picture / 3) % (label + 2) == 0 ? 9 : 1 + picture % 2);
            }
            lines.add(CLASSES.get(label) + (" " + row).repeat(4));
        }
        return Files.write(folder.resolve(name + ".toy"), lines);
    }
}
