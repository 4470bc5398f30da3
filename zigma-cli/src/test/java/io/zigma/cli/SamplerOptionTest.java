package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.backbone.BackboneKind;
import io.zigma.base.Setting;
import io.zigma.checkpoint.Backbones;
import io.zigma.cli.terminal.ExitStatus;
import io.zigma.diffusion.ProcessKind;
import io.zigma.diffusion.Processes;
import io.zigma.diffusion.TimeSampling;
import io.zigma.diffusion.TimeSamplingKind;
import io.zigma.mixer.MixerKind;
import io.zigma.mixer.TokenMixers;
import io.zigma.sampler.SamplerKind;
import io.zigma.sampler.Samplers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code --sampler NAME --sampler-option NAME=VALUE}. */
class SamplerOptionTest {

    @TempDir static Path models;
    private static Path model;

    @TempDir Path folder;
    private final ConsoleOfTest test = ConsoleOfTest.plain();

    @BeforeAll
    static void writeModel() throws IOException {
        model = TinyCheckpoint.withClasses(models.resolve("shoes"));
    }

    static List<String> names() {
        return Samplers.KINDS.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void everySamplerMakesAPicture(String name) {
        Path file = folder.resolve("picture.png");
        assertThat(generate(file, "--sampler", name)).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(file).isNotEmptyFile();
    }

    @Test
    void anOptionChangesThePictureAndIsInItsRecipe() throws IOException {
        Path plain = folder.resolve("plain.png");
        Path noisy = folder.resolve("noisy.png");
        generate(plain, "--sampler", "ddim");
        ExitStatus status = generate(noisy, "--sampler", "ddim", "--sampler-option", "eta=0.5");
        assertThat(status).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(Files.readAllBytes(noisy)).isNotEqualTo(Files.readAllBytes(plain));
        assertThat(Files.readString(noisy, StandardCharsets.ISO_8859_1))
                .contains("sampler_options")
                .contains("eta=0.5");
        assertThat(Files.readString(plain, StandardCharsets.ISO_8859_1))
                .doesNotContain("sampler_options");
    }

    @Test
    void theLastOfTwoValuesCountsAndOthersAddUp() throws IOException {
        Path one = folder.resolve("one.png");
        Path other = folder.resolve("other.png");
        generate(
                one,
                "--sampler",
                "sde-euler",
                "--sampler-option",
                "diffusion=constant",
                "--sampler-option",
                "diffusion=linear",
                "--sampler-option",
                "last-step=tweedie");
        generate(
                other,
                "--sampler",
                "sde-euler",
                "--sampler-option",
                "last-step=tweedie",
                "--sampler-option",
                "diffusion=linear");
        assertThat(one).hasSameBinaryContentAs(other);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "ddim | etta=1 | sampler ddim has no option 'etta' (did you mean 'eta'?); choose from eta, spacing, clip, inverse",
                "ddim | eta=2 | sampler ddim: eta must be a number from 0 to 1, not '2'",
                "ddim | eta | an option is written NAME=VALUE, not 'eta'",
                "euler | rtol=1 | sampler euler has no option 'rtol'; choose from inverse",
                "dpm++ | order=4 | sampler dpm++: order must be a whole number from 1 to 3, not '4'",
                "ancestral | spacing=7,7 | spacing 7,7 makes 14 steps, not 3"
            })
    void aWrongOptionIsRefusedInOneLine(String sampler, String option, String message) {
        ExitStatus status =
                generate(
                        folder.resolve("no.png"), "--sampler", sampler, "--sampler-option", option);
        assertThat(status).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("--sampler-option: " + message).hasLineCount(1);
        assertThat(folder.resolve("no.png")).doesNotExist();
    }

    @Test
    void helpListsEverySamplerWithItsOptions() {
        assertThat(test.zigma("help", "samplers")).isEqualTo(ExitStatus.DONE);
        for (SamplerKind kind : Samplers.KINDS.all()) {
            assertThat(test.out()).contains(kind.name() + ": " + kind.purpose());
            for (Setting setting : kind.settings()) {
                assertThat(test.out()).contains(setting.name() + "=" + setting.standard());
            }
        }
    }

    @Test
    void helpListsEveryProcessWithItsOptions() {
        assertThat(test.zigma("help", "processes")).isEqualTo(ExitStatus.DONE);
        for (ProcessKind kind : Processes.KINDS.all()) {
            assertThat(test.out()).contains(kind.name() + ": " + kind.purpose());
            for (Setting setting : kind.settings()) {
                assertThat(test.out()).contains(setting.name() + "=" + setting.standard());
            }
        }
    }

    @Test
    void helpListsEveryBackboneWithItsOptions() {
        assertThat(test.zigma("help", "backbones")).isEqualTo(ExitStatus.DONE);
        for (BackboneKind<?> kind : Backbones.REGISTRY.all()) {
            assertThat(test.out()).contains(kind.name() + ": " + kind.description());
            for (Setting setting : kind.settings()) {
                assertThat(test.out()).contains(setting.name() + "=" + setting.standard());
            }
        }
    }

    @Test
    void helpListsEveryMixerWithItsOptions() {
        assertThat(test.zigma("help", "mixers")).isEqualTo(ExitStatus.DONE);
        for (MixerKind kind : TokenMixers.REGISTRY.all()) {
            assertThat(test.out()).contains(kind.name() + ": " + kind.description());
            for (Setting setting : kind.settings()) {
                assertThat(test.out()).contains(setting.name() + "=" + setting.standard());
            }
        }
    }

    @Test
    void helpListsEveryDistributionOfTimesWithItsOptions() {
        assertThat(test.zigma("help", "times")).isEqualTo(ExitStatus.DONE);
        for (TimeSamplingKind kind : TimeSampling.KINDS.all()) {
            assertThat(test.out()).contains(kind.name() + ": " + kind.purpose());
            for (Setting setting : kind.settings()) {
                assertThat(test.out()).contains(setting.name() + "=" + setting.standard());
            }
        }
    }

    private ExitStatus generate(Path file, String... options) {
        List<String> words =
                new ArrayList<>(
                        List.of("generate", "-m", model.toString(), "-c", "bag", "-s", "7"));
        words.addAll(List.of("--steps", "3", "--scale", "1", "-o", file.toString()));
        words.addAll(List.of(options));
        return test.zigma(words.toArray(String[]::new));
    }
}
