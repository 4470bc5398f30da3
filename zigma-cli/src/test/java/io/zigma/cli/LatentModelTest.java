package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.cli.terminal.ExitStatus;
import io.zigma.io.SafetensorsFile;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.ImageGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models of latents, which once painted their first channel in grey without a word. */
class LatentModelTest {

    @TempDir private Path folder;
    private final ConsoleOfTest test = ConsoleOfTest.plain();

    @Test
    void aPictureOfLatentsIsRefusedWithWhatIsMissing() throws IOException {
        Path model = TinyCheckpoint.ofLatents(folder.resolve("latent"));
        Path picture = folder.resolve("x.png");

        ExitStatus status =
                test.zigma("generate", "-m", model.toString(), "-o", picture.toString());

        assertThat(status).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err())
                .contains("makes latents of 8×8×4, not pictures")
                .contains("-o FILE.safetensors writes the latents")
                .hasLineCount(1);
        assertThat(picture).doesNotExist();
    }

    @Test
    void theLatentsThemselvesAreWritten() throws IOException {
        Path model = TinyCheckpoint.ofLatents(folder.resolve("latent"));
        Path file = folder.resolve("x.safetensors");

        ExitStatus status =
                test.zigma(
                        "generate",
                        "-m",
                        model.toString(),
                        "-c",
                        "Bag",
                        "-n",
                        "3",
                        "-s",
                        "5",
                        "-o",
                        file.toString());

        assertThat(status).as(test.err()).isEqualTo(ExitStatus.DONE);
        try (SafetensorsFile latents = SafetensorsFile.open(file);
                ImageGenerator generator =
                        ImageGenerator.load(CheckpointFolder.open(model), Device.cpu())) {
            assertThat(latents.shape("latents")).containsExactly(3, 4, 8, 8);
            assertThat(latents.metadata()).containsEntry("class", "Bag").containsEntry("seed", "5");
            float[] second =
                    generator
                            .generate(GenerationRequest.of("Bag").withSeed(6).withLatents(true))
                            .get(0)
                            .latent()
                            .orElseThrow()
                            .values();
            assertThat(Arrays.copyOfRange(latents.floats("latents"), 4 * 64, 2 * 4 * 64))
                    .as("the second sample is the one of its own seed")
                    .containsExactly(second);
        }
    }

    @Test
    void optionsOfPicturesAreRefusedForLatents() throws IOException {
        Path model = TinyCheckpoint.ofLatents(folder.resolve("latent"));
        Path file = folder.resolve("x.safetensors");

        ExitStatus status =
                test.zigma(
                        "generate", "-m", model.toString(), "--scale", "2", "-o", file.toString());

        assertThat(status).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("--scale is for pictures");
        assertThat(Files.exists(file)).isFalse();
    }
}
