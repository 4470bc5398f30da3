package io.zigma.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.zigma.checkpoint.CheckpointConfig.SamplingDefaults;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.checkpoint.TinyCheckpoints;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.pipeline.GeneratedImage;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.GuidanceChoice;
import io.zigma.pipeline.ImageGenerator;
import io.zigma.train.config.Cadence;
import io.zigma.train.config.Distillation;
import io.zigma.train.config.Objective;
import io.zigma.train.config.Optimization;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.config.TrainingJson;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.data.NoPictures;
import io.zigma.train.optim.AdamWConfig;
import io.zigma.train.optim.EmaConfig;
import io.zigma.train.optim.LearningRateSchedule;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A student that learns to go a teacher's way in fewer steps. */
class DistillationTest {

    private static final SamplingDefaults TEACHER =
            new SamplingDefaults("heun", 8, new GuidanceStrength(4, 0.2, 0.9));

    @TempDir Path folder;
    private CheckpointFolder teacher;

    @BeforeEach
    void writeATeacher() throws IOException {
        teacher = TinyCheckpoints.write(Files.createDirectory(folder.resolve("from")), 4);
    }

    @Test
    void theStudentComesNearerToTheTeachersPictures() throws IOException {
        Path student = run("student", config(2, TEACHER).withSteps(60));

        double before = distance(teacher.path());
        double after = distance(student);

        assertThat(after).isLessThan(before / 2);
    }

    /** How far pictures of two steps without guidance are from the teacher's. */
    private double distance(Path model) throws IOException {
        float[] wanted = latents(teacher.path(), "heun", 8, TEACHER.guidance());
        float[] made = latents(model, "ddim", 2, GuidanceStrength.NONE);
        return IntStream.range(0, wanted.length)
                .mapToDouble(i -> Math.pow(wanted[i] - made[i], 2))
                .average()
                .orElseThrow();
    }

    private static float[] latents(Path model, String sampler, int steps, GuidanceStrength guidance)
            throws IOException {
        try (ImageGenerator generator =
                ImageGenerator.load(CheckpointFolder.open(model), Device.cpu())) {
            GenerationRequest request =
                    GenerationRequest.of("square")
                            .withCount(8)
                            .withSeed(100)
                            .withSampler(sampler, steps)
                            .withGuidance(GuidanceChoice.of(guidance))
                            .withLatents(true);
            return joined(generator.generate(request));
        }
    }

    private static float[] joined(List<GeneratedImage> images) {
        FloatBuffer all = FloatBuffer.allocate(10_000);
        images.forEach(image -> all.put(image.latent().orElseThrow().values()));
        return Arrays.copyOf(all.array(), all.position());
    }

    @Test
    void anInterruptedRunEndsWithTheSameBytesAsOneThatWasNot() throws IOException {
        TrainingConfig config = config(2, TEACHER).withSteps(4);
        Path straight = run("straight", config);
        run("broken", config.withSteps(2));
        try (Training training =
                Training.resume(TrainingRequest.of(folder.resolve("broken"), config, data()))) {
            training.run();
        }
        for (String file : List.of("model.safetensors", "training.safetensors", "README.md")) {
            assertThat(folder.resolve("broken/checkpoints/00000004").resolve(file))
                    .hasSameBinaryContentAs(straight.resolve(file));
        }
    }

    @Test
    void theCheckpointSamplesAsItLearntAndSaysSo() throws IOException {
        Path student = run("student", config(2, TEACHER).withSteps(1));

        assertThat(CheckpointFolder.open(student).config().sampling())
                .isEqualTo(new SamplingDefaults("ddim", 2, GuidanceStrength.NONE));
        assertThat(student.resolve("README.md"))
                .content()
                .contains(
                        "one of its 2 steps goes as far as 4 of the teacher's, which samples by"
                                + " heun with guidance 4 from 0.2 to 0.9");
    }

    @Test
    void aRunWhoseTeacherWasExchangedIsNotResumed() throws IOException {
        TrainingConfig config = config(2, TEACHER).withSteps(2);
        run("run", config);
        TinyCheckpoints.write(folder.resolve("run/teacher"), 5);

        assertThatThrownBy(
                        () ->
                                Training.resume(
                                        TrainingRequest.of(
                                                folder.resolve("run"),
                                                config.withSteps(4),
                                                data())))
                .hasMessageContaining("holds another model than the one that the run learns from");
    }

    @Test
    void theSettingsAreReadAsTheyWereWritten() {
        TrainingConfig config = config(2, TEACHER);

        assertThat(TrainingJson.read(TrainingJson.write(config), config.model())).isEqualTo(config);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Distillation(3, TEACHER))
                .withMessageContaining("give the teacher a multiple of the student's, such as 9");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                new Distillation(
                                        2,
                                        new SamplingDefaults(
                                                "sde-euler", 8, GuidanceStrength.NONE)))
                .withMessageContaining("adds noise in its steps");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config(2, TEACHER).withBatchSize(5))
                .withMessageContaining("use a multiple of 2");
        Objective student = config(2, TEACHER).objective();
        assertThatIllegalArgumentException().isThrownBy(() -> student.withContrast(0.1));
    }

    @Test
    void aTeacherThatDoesNotPassTheStudentsTimesIsRefused() throws IOException {
        SamplingDefaults elsewhere = new SamplingDefaults("dpm++", 8, GuidanceStrength.NONE);

        assertThatThrownBy(() -> run("run", config(4, elsewhere).withBatchSize(4)))
                .hasMessageContaining("dpm++ with 8 steps does not pass the time 0.25");
    }

    private ImageDataset data() {
        return new NoPictures(
                "no pictures", teacher.config().model().sample(), teacher.config().labels());
    }

    private TrainingConfig config(int steps, SamplingDefaults sampling) {
        return TrainingConfig.of(teacher, data())
                .withObjective(
                        Objective.ofStudent(
                                teacher.config().process(), new Distillation(steps, sampling)))
                .withBatchSize(12)
                .withOptimization(
                        new Optimization(
                                new LearningRateSchedule.Constant(3e-3, 0),
                                AdamWConfig.DEFAULT,
                                1,
                                new EmaConfig(0.9, true)))
                .withCadence(new Cadence(0, 10, 0, 4, 1))
                .withSampling(
                        new SamplingDefaults(Distillation.SAMPLER, steps, GuidanceStrength.NONE));
    }

    /** Runs to the end and returns the last checkpoint. */
    private Path run(String name, TrainingConfig config) throws IOException {
        Path run = folder.resolve(name);
        try (Training training = Training.start(TrainingRequest.of(run, config, data()), teacher)) {
            training.run();
        }
        return run.resolve("checkpoints")
                .resolve(String.format(Locale.ROOT, "%08d", config.steps()));
    }
}
