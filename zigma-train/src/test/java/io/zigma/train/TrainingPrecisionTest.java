package io.zigma.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.zigma.backbone.zigma.Positions;
import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.condition.ByClass;
import io.zigma.io.SafetensorsFile;
import io.zigma.io.SafetensorsType;
import io.zigma.nn.MambaConfig;
import io.zigma.nn.NormKind;
import io.zigma.op.Precision;
import io.zigma.scan.Zigzag;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.config.TrainingJson;
import io.zigma.train.listen.StepReport;
import io.zigma.train.listen.TrainingListener;
import io.zigma.train.run.RunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose large products are taken in bfloat16. */
class TrainingPrecisionTest {

    /** Wide enough for products that are worth rounding. */
    private static final ZigMaConfig WIDE =
            new ZigMaConfig(
                    4,
                    6,
                    1,
                    2,
                    128,
                    2,
                    new Zigzag(8),
                    MambaConfig.PUBLISHED,
                    Positions.LEARNED,
                    NormKind.RMS,
                    1e-5,
                    0,
                    new ByClass(3, true));

    @TempDir Path folder;

    @BeforeEach
    void requireIt() {
        Assumptions.assumeTrue(
                Precision.BFLOAT16.isAvailable(Device.cpu()),
                "this processor does not multiply in bfloat16");
    }

    private static TrainingConfig config(Precision precision) {
        TrainingConfig config = TinyRuns.config(WIDE);
        return config.withOptimization(config.optimization().withPrecision(precision));
    }

    @Test
    void aRunThatIsStoppedEndsWithTheSameBytes() throws IOException {
        Path straight = folder.resolve("straight");
        try (Training training = TinyRuns.start(straight, config(Precision.BFLOAT16))) {
            training.run();
        }
        Path stopped = folder.resolve("stopped");
        try (Training training = TinyRuns.start(stopped, config(Precision.BFLOAT16))) {
            training.addListener(
                    new TrainingListener() {
                        @Override
                        public void afterStep(StepReport report) {
                            if (report.step() == 7) {
                                training.stopAfterCurrentStep();
                            }
                        }
                    });
            training.run();
        }
        try (Training training = TinyRuns.resume(stopped)) {
            assertThat(training.config().optimization().precision()).isEqualTo(Precision.BFLOAT16);
            training.run();
        }
        for (String file : List.of("model.safetensors", "training.safetensors")) {
            assertThat(end(stopped).resolve(file))
                    .hasSameBinaryContentAs(end(straight).resolve(file));
        }
    }

    @Test
    void lossesAreThoseOfFloat32UpToRoundingAndNotTheSame() throws IOException {
        List<Double> plain = losses(Precision.FLOAT32);
        List<Double> rounded = losses(Precision.BFLOAT16);
        assertThat(rounded).hasSameSizeAs(plain).isNotEqualTo(plain);
        for (int i = 0; i < plain.size(); i++) {
            assertThat(rounded.get(i)).isCloseTo(plain.get(i), within(0.01 * plain.get(i)));
        }
    }

    private List<Double> losses(Precision precision) throws IOException {
        List<Double> losses = new ArrayList<>();
        try (Training training =
                TinyRuns.start(folder.resolve(precision.label()), config(precision))) {
            training.addListener(
                    new TrainingListener() {
                        @Override
                        public void afterStep(StepReport report) {
                            losses.add(report.loss());
                        }
                    });
            training.run();
        }
        return losses;
    }

    @Test
    void weightsAndOptimiserAreStoredInFloat32() throws IOException {
        Path run = folder.resolve("run");
        try (Training training = TinyRuns.start(run, config(Precision.BFLOAT16))) {
            training.run();
        }
        for (String file : List.of("model.safetensors", "training.safetensors")) {
            SafetensorsFile tensors = SafetensorsFile.open(end(run).resolve(file));
            for (String name : tensors.names()) {
                assertThat(tensors.dtype(name)).as(name).isEqualTo(SafetensorsType.F32);
            }
        }
    }

    @Test
    void aRunMayGoOnInFloat32WhereNoProcessorHasTheOther() throws IOException {
        Path run = folder.resolve("run");
        try (Training training = TinyRuns.start(run, config(Precision.BFLOAT16).withSteps(10))) {
            training.run();
        }
        TrainingConfig plain = config(Precision.FLOAT32);
        try (Training training =
                Training.resume(
                        TrainingRequest.of(run, plain, TinyRuns.data())
                                .withProvenance(TinyRuns.PROVENANCE))) {
            training.run();
        }
        assertThat(Training.configuration(run)).isEqualTo(plain);
    }

    @Test
    void aDeviceWithoutItIsRefusedBeforeAnythingIsWritten() {
        Path run = folder.resolve("run");
        assertThatThrownBy(
                        () ->
                                Training.start(
                                        TrainingRequest.of(
                                                        run,
                                                        config(Precision.BFLOAT16),
                                                        TinyRuns.data())
                                                .withProvenance(TinyRuns.PROVENANCE)
                                                .withDevice(Device.of("mps", 0))))
                .isInstanceOf(RunException.class)
                .hasMessageStartingWith("--precision: ")
                .hasMessageContaining("use f32");
        assertThat(run).doesNotExist();
    }

    @Test
    void whatItIsWorthIsMeasuredWithoutChangingTheRun() throws IOException {
        List<Integer> weights = new ArrayList<>();
        for (boolean measured : List.of(false, true)) {
            Path run = folder.resolve("measured-" + measured);
            try (Training training = TinyRuns.start(run, config(Precision.BFLOAT16))) {
                if (measured) {
                    assertThat(training.timeBesideFloat32()).isPositive().isFinite();
                }
                training.run();
                weights.add(training.weightsFingerprint());
            }
        }
        assertThat(weights.get(1)).isEqualTo(weights.get(0));
    }

    @Test
    void theConfigurationNamesItOnlyWhereItIsNotFloat32() {
        TrainingConfig rounded = config(Precision.BFLOAT16);
        assertThat(TrainingJson.read(TrainingJson.write(rounded), WIDE)).isEqualTo(rounded);
        assertThat(TrainingJson.write(config(Precision.FLOAT32)).toString())
                .doesNotContain("precision");
    }

    private static Path end(Path run) throws IOException {
        try (var checkpoints = Files.list(run.resolve("checkpoints"))) {
            return checkpoints.sorted().reduce((a, b) -> b).orElseThrow();
        }
    }
}
