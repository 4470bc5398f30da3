package io.zigma.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zigma.backbone.zigma.Positions;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.nn.MambaConfig;
import io.zigma.nn.NormKind;
import io.zigma.scan.Zigzag;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.listen.StepReport;
import io.zigma.train.listen.TrainingListener;
import io.zigma.train.run.RunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training in which tokens go past the middle layers. */
class TokenRoutingTrainingTest {

    private static final List<String> FILES =
            List.of("model.safetensors", "training.safetensors", "training.json");

    @TempDir Path folder;

    private static TrainingConfig config(double share) {
        ZigMaConfig tiny = TinyModels.CONDITIONAL;
        ZigMaConfig deeper =
                new ZigMaConfig(
                        tiny.sample(),
                        2,
                        8,
                        4,
                        new Zigzag(8),
                        MambaConfig.PUBLISHED,
                        Positions.LEARNED,
                        false,
                        NormKind.RMS,
                        1e-5,
                        0.2,
                        tiny.conditioning());
        TrainingConfig config = TinyRuns.config(deeper);
        return config.withObjective(config.objective().withTokenRouting(share));
    }

    @Test
    void aRunThatWasInterruptedEndsWithTheSameBytes() throws IOException {
        Path whole = run("whole", config(0.5));
        Path parts = folder.resolve("parts");
        try (Training training = TinyRuns.start(parts, config(0.5))) {
            training.addListener(failingAfter(7)); // the newest checkpoint is that of step 5
            assertThatThrownBy(training::run).hasMessage("interrupted on purpose");
        }
        try (Training training = TinyRuns.resume(parts)) {
            assertThat(training.step()).isEqualTo(5);
            training.run();
        }
        for (String file : FILES) {
            assertThat(last(parts).resolve(file))
                    .as(file)
                    .hasSameBinaryContentAs(last(whole).resolve(file));
        }
    }

    @Test
    void aShareOfNothingIsTheRunWithoutItAndAnotherIsNot() throws IOException {
        Path off = run("off", config(0.5).withObjective(config(0).objective()));
        Path without = run("without", config(0));
        Path half = run("half", config(0.5));
        for (String file : FILES) {
            assertThat(last(off).resolve(file))
                    .as(file)
                    .hasSameBinaryContentAs(last(without).resolve(file));
        }
        assertThat(Files.readAllBytes(last(half).resolve("model.safetensors")))
                .isNotEqualTo(Files.readAllBytes(last(off).resolve("model.safetensors")));
        assertThat(last(off).resolve("training.json")).content().doesNotContain("token_routing");
    }

    @Test
    void theConfigurationIsReadAgainAndCannotChange() throws IOException {
        Path run = run("run", config(0.5));
        assertThat(Training.configuration(run)).isEqualTo(config(0.5));
        assertThatThrownBy(() -> Training.requireResumable(run, config(0.25).withSteps(20)))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("--token-routing is 0.5 in the run, 0.25 asked for");
    }

    @Test
    void modelsThatCannotAreRefused() {
        TrainingConfig shallow = TinyRuns.config();
        assertThatThrownBy(() -> shallow.withObjective(shallow.objective().withTokenRouting(0.5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 3 layers")
                .hasMessageContaining("leave out --token-routing");
        assertThatThrownBy(() -> config(1)).hasMessageContaining("must lie in [0, 1), not 1");
    }

    private Path run(String name, TrainingConfig config) throws IOException {
        Path run = folder.resolve(name);
        try (Training training = TinyRuns.start(run, config)) {
            training.run();
        }
        return run;
    }

    private static Path last(Path run) {
        return run.resolve("checkpoints/00000012");
    }

    private static TrainingListener failingAfter(long step) {
        return new TrainingListener() {
            @Override
            public void afterStep(StepReport report) throws IOException {
                if (report.step() == step) {
                    throw new IOException("interrupted on purpose");
                }
            }
        };
    }
}
