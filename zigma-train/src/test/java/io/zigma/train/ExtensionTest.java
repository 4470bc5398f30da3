package io.zigma.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.zigma.backbone.BackboneSpec;
import io.zigma.backbone.Signature;
import io.zigma.base.SampleShape;
import io.zigma.checkpoint.Backbones;
import io.zigma.checkpoint.CheckpointConfig.SamplingDefaults;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.condition.ByClass;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.mixer.TokenMixers;
import io.zigma.pipeline.GeneratedImage;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.ImageGenerator;
import io.zigma.sampler.Samplers;
import io.zigma.train.config.Cadence;
import io.zigma.train.config.Optimization;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.listen.StepReport;
import io.zigma.train.listen.TrainingListener;
import io.zigma.train.optim.LearningRateSchedule;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a program adds in its own code, one class and one registration each, works as ours does. */
class ExtensionTest {

    private static final SamplingDefaults JUMP =
            new SamplingDefaults("toy-jump", 1, GuidanceStrength.NONE);

    @TempDir Path folder;

    @BeforeAll
    static void register() {
        if (Backbones.REGISTRY.find("toy").isEmpty()) {
            Backbones.REGISTRY.register(ToyBackbone.INSTANCE);
            Samplers.KINDS.register(ToySampler.KIND);
            TokenMixers.REGISTRY.register(ToyMixer.KIND);
        }
    }

    @Test
    void aBackboneAndASamplerOfOnesOwnTrainAndSample() throws IOException {
        List<Double> losses = new ArrayList<>();
        try (Training training = TinyRuns.start(folder, config().withSteps(200))) {
            training.addListener(collecting(losses));
            assertThat(training.run()).isEqualTo(Training.Ending.FINISHED);
        }
        assertThat(mean(losses.subList(150, 200))).isLessThan(0.8 * mean(losses.subList(0, 20)));

        CheckpointFolder checkpoint = CheckpointFolder.open(folder.resolve("checkpoints/00000200"));
        assertThat(checkpoint.config().model()).isEqualTo(config().model());
        try (ImageGenerator generator = ImageGenerator.load(checkpoint, Device.cpu())) {
            GenerationRequest request =
                    GenerationRequest.of(1).withCount(2).withSeed(3).withSampler("toy-jump", 1);
            List<GeneratedImage> images = generator.generate(request);
            assertThat(images).hasSize(2);
            assertThat(images.get(0).picture().getWidth()).isEqualTo(6);
            assertThat(images.get(0).recipe().toString()).contains("toy-jump");
            assertThat(levels(images.get(0).picture()))
                    .isEqualTo(levels(generator.generate(request).get(0).picture()))
                    .isNotEqualTo(levels(images.get(1).picture()));
        }
    }

    @Test
    void aRunOfARegisteredBackboneResumesToTheSameBytes() throws IOException {
        Path whole = folder.resolve("whole");
        Path parts = folder.resolve("parts");
        try (Training training = TinyRuns.start(whole, config().withSteps(4))) {
            training.run();
        }
        try (Training training = TinyRuns.start(parts, config().withSteps(4))) {
            training.addListener(failingAfter(3));
            assertThatThrownBy(training::run).hasMessage("interrupted on purpose");
        }
        try (Training training = TinyRuns.resume(parts)) {
            assertThat(training.step()).isEqualTo(2);
            training.run();
        }
        String last = "checkpoints/00000004/model.safetensors";
        assertThat(parts.resolve(last)).hasSameBinaryContentAs(whole.resolve(last));
    }

    @Test
    void aMixerOfOnesOwnTrainsResumesAndSamples() throws IOException {
        BackboneSpec base = TinyRuns.config().model();
        BackboneSpec model =
                base.kind().change(base, base.signature(), Map.of("mixer", "toy-mean:bias=false"));
        TrainingConfig config =
                TinyRuns.config(model).withSteps(4).withCadence(new Cadence(2, 1, 0, 1, 200));
        Path whole = folder.resolve("whole");
        Path parts = folder.resolve("parts");
        try (Training training = TinyRuns.start(whole, config)) {
            training.run();
        }
        try (Training training = TinyRuns.start(parts, config)) {
            training.addListener(failingAfter(3));
            assertThatThrownBy(training::run).hasMessage("interrupted on purpose");
        }
        try (Training training = TinyRuns.resume(parts)) {
            training.run();
        }
        String last = "checkpoints/00000004";
        assertThat(parts.resolve(last + "/model.safetensors"))
                .hasSameBinaryContentAs(whole.resolve(last + "/model.safetensors"));

        CheckpointFolder checkpoint = CheckpointFolder.open(parts.resolve(last));
        assertThat(checkpoint.config().model()).isEqualTo(model);
        assertThat(model.facts()).containsEntry("mixer", "toy-mean:bias=false");
        try (ImageGenerator generator = ImageGenerator.load(checkpoint, Device.cpu())) {
            assertThat(generator.generate(GenerationRequest.of(1).withSeed(3))).hasSize(1);
        }
    }

    private static TrainingConfig config() {
        Signature signature = Signature.of(SampleShape.image(1, 4, 6), new ByClass(3, true));
        return TinyRuns.config(new ToyBackbone.Spec(signature, 24))
                .withOptimization(
                        new Optimization(
                                new LearningRateSchedule.Constant(1e-2, 5),
                                Optimization.DEFAULT.adamW(),
                                2,
                                Optimization.DEFAULT.ema()))
                .withCadence(new Cadence(2, 1, 0, 1, 200))
                .withSampling(JUMP);
    }

    private static TrainingListener collecting(List<Double> losses) {
        return new TrainingListener() {
            @Override
            public void afterStep(StepReport report) {
                losses.add(report.loss());
            }
        };
    }

    private static TrainingListener failingAfter(long step) {
        return new TrainingListener() {
            @Override
            public void afterStep(StepReport report) {
                if (report.step() == step) {
                    throw new IllegalStateException("interrupted on purpose");
                }
            }
        };
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    private static List<Integer> levels(BufferedImage image) {
        List<Integer> levels = new ArrayList<>();
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                levels.add(image.getRGB(x, y));
            }
        }
        return levels;
    }
}
