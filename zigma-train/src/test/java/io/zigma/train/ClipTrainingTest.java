package io.zigma.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zigma.backbone.zigma.Positions;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.base.SampleShape;
import io.zigma.condition.ByClass;
import io.zigma.media.GifWriter;
import io.zigma.media.MediaContent;
import io.zigma.media.MediaFormats;
import io.zigma.media.PictureFormat;
import io.zigma.nn.MambaConfig;
import io.zigma.nn.NormKind;
import io.zigma.scan.ScanScheme;
import io.zigma.train.config.Cadence;
import io.zigma.train.config.Optimization;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.data.ClipOptions;
import io.zigma.train.data.DatasetOptions;
import io.zigma.train.data.Datasets;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.listen.StepReport;
import io.zigma.train.listen.TrainingListener;
import io.zigma.train.optim.LearningRateSchedule;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs on clips of three frames of 4×6 pixels in two classes: a bar goes left, or right. */
class ClipTrainingTest {

    @TempDir static Path clips;
    private static ImageDataset data;

    @TempDir Path folder;

    @BeforeAll
    static void writeClips() throws IOException {
        Duration tenth = Duration.ofMillis(100);
        for (int i = 0; i < 8; i++) {
            List<BufferedImage> frames = new ArrayList<>();
            for (int t = 0; t < 3; t++) {
                BufferedImage frame = new BufferedImage(6, 4, BufferedImage.TYPE_INT_RGB);
                for (int y = 0; y < 4; y++) {
                    frame.setRGB(i % 2 == 0 ? t + i / 2 % 3 : 5 - t - i / 2 % 3, y, 0xff8000);
                }
                frames.add(frame);
            }
            Path file = clips.resolve((i % 2 == 0 ? "right/" : "left/") + i + ".apng");
            Files.createDirectories(file.getParent());
            MediaFormats.APNG.write(file, new MediaContent(frames, tenth, tenth, Map.of()));
        }
        data = open(3);
    }

    private static ImageDataset open(int frames) throws IOException {
        return Datasets.open(
                clips,
                DatasetOptions.defaults()
                        .withFormat(new PictureFormat(3, 4, 6))
                        .withClips(ClipOptions.of(frames)));
    }

    private static TrainingConfig config(String scan) {
        return TinyRuns.config(
                new ZigMaConfig(
                        SampleShape.video(3, 3, 4, 6),
                        2,
                        8,
                        3,
                        ScanScheme.parse(scan),
                        MambaConfig.PUBLISHED,
                        Positions.LEARNED,
                        true,
                        NormKind.RMS,
                        1e-5,
                        0,
                        new ByClass(2, true)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sweep",
                "zigzag-8",
                "hilbert-2",
                "random-2",
                "bidirectional",
                "parallel-2",
                "factorised-st",
                "factorised-sst"
            })
    void aRunThatStopsAndResumesEndsWithTheSameBytes(String scan) throws IOException {
        Path straight = folder.resolve("straight");
        try (Training training = start(straight, config(scan))) {
            assertThat(training.run()).isEqualTo(Training.Ending.FINISHED);
        }
        Path stopped = folder.resolve("stopped");
        try (Training training = start(stopped, config(scan))) {
            training.addListener(stoppingAfter(5, training));
            assertThat(training.run()).isEqualTo(Training.Ending.STOPPED);
        }
        try (Training training =
                Training.resume(
                        TrainingRequest.of(stopped, Training.configuration(stopped), data)
                                .withProvenance(TinyRuns.PROVENANCE))) {
            assertThat(training.run()).isEqualTo(Training.Ending.FINISHED);
        }
        for (String file : List.of("model.safetensors", "training.safetensors", "training.json")) {
            assertThat(stopped.resolve("checkpoints/00000012").resolve(file))
                    .as(file)
                    .hasSameBinaryContentAs(straight.resolve("checkpoints/00000012").resolve(file));
        }
    }

    @Test
    void samplesArePicturesOfAllFramesAndMoveBeside() throws IOException {
        Path run = folder.resolve("run");
        TrainingConfig config = config("factorised-st").withCadence(new Cadence(0, 1, 6, 2, 1));
        try (Training training = start(run, config)) {
            training.run();
        }

        assertThat(run.resolve("samples")).isDirectoryContaining("glob:**.png");
        try (var files = Files.list(run.resolve("samples"))) {
            Path moving =
                    files.filter(file -> file.toString().endsWith(".gif"))
                            .findFirst()
                            .orElseThrow();
            assertThat(GifWriter.readText(moving)).containsKey("seed");
        }
    }

    @Test
    void recomputedLayersGiveTheSameWeights() throws IOException {
        List<Integer> fingerprints = new ArrayList<>();
        for (boolean recompute : List.of(false, true)) {
            TrainingConfig config = config("factorised-sst");
            Optimization before = config.optimization();
            Optimization optimization = before.withRecompute(recompute);
            try (Training training =
                    start(
                            folder.resolve("recompute-" + recompute),
                            config.withOptimization(optimization))) {
                training.run();
                fingerprints.add(training.weightsFingerprint());
            }
        }
        assertThat(fingerprints.get(1)).isEqualTo(fingerprints.get(0));
    }

    @Test
    void theLossFalls() throws IOException {
        List<Double> losses = new ArrayList<>();
        TrainingConfig config = config("factorised-st").withSteps(120);
        config =
                config.withOptimization(
                        config.optimization()
                                .withSchedule(new LearningRateSchedule.Constant(5e-3, 4)));
        try (Training training = start(folder.resolve("long"), config)) {
            training.addListener(
                    new TrainingListener() {
                        @Override
                        public void afterStep(StepReport report) {
                            losses.add(report.loss());
                        }
                    });
            training.run();
        }
        double first = losses.subList(0, 20).stream().mapToDouble(d -> d).average().orElseThrow();
        double last = losses.subList(100, 120).stream().mapToDouble(d -> d).average().orElseThrow();
        assertThat(last).isLessThan(0.9 * first);
    }

    @Test
    void clipsDoNotFitAModelOfPicturesNorOfOtherLengths() throws IOException {
        assertThatThrownBy(
                        () -> start(folder.resolve("a"), TinyRuns.config(TinyModels.CONDITIONAL)))
                .hasMessageContaining("holds clips, the model makes images");
        assertThatThrownBy(
                        () ->
                                Training.start(
                                        TrainingRequest.of(
                                                        folder.resolve("b"),
                                                        config("sweep"),
                                                        open(2))
                                                .withProvenance(TinyRuns.PROVENANCE)))
                .hasMessageContaining("clips of 2 frames, the model makes 3");
        assertThatThrownBy(() -> TinyRuns.start(folder.resolve("c"), config("sweep")))
                .hasMessageContaining("holds images, the model makes videos");
    }

    private static Training start(Path run, TrainingConfig config) throws IOException {
        return Training.start(
                TrainingRequest.of(run, config, data).withProvenance(TinyRuns.PROVENANCE));
    }

    private static TrainingListener stoppingAfter(long step, Training training) {
        return new TrainingListener() {
            @Override
            public void afterStep(StepReport report) {
                if (report.step() == step) {
                    training.stopAfterCurrentStep();
                }
            }
        };
    }
}
