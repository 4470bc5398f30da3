package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.checkpoint.CodecFolder;
import io.zigma.cli.terminal.ExitStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code zigma train-autoencoder} and what its codec is good for. */
class TrainAutoencoderCommandTest {

    @TempDir private Path folder;
    private ConsoleOfTest test = ConsoleOfTest.plain();
    private Path data = Path.of("");
    private Path codec = Path.of("");

    @BeforeEach
    void writePictures() throws IOException {
        data = TinyData.pictures(folder.resolve("data"));
        codec = folder.resolve("codecs/small");
    }

    private void ends(ExitStatus status, Object... words) {
        List<String> all = new ArrayList<>();
        Arrays.stream(words).map(Object::toString).forEach(all::add);
        test = ConsoleOfTest.plain();
        assertThat(test.zigma(all.toArray(String[]::new))).as(test.err()).isEqualTo(status);
    }

    private void train(ExitStatus status, Object... more) {
        List<Object> words =
                new ArrayList<>(List.of("train-autoencoder", "--data", data, "--image-size", 16));
        words.addAll(List.of("--out", codec, "--factor", 4, "--latent-channels", 6));
        words.addAll(List.of("--widths", "16,16", "--layers", 1, "--batch-size", 4));
        words.addAll(List.of(more));
        ends(status, words.toArray());
    }

    @Test
    void aCodecIsTrainedMeasuredAndUsed() throws IOException {
        Files.writeString(data.resolve("LICENSE"), "Whose\n\nThe makers of it.\n");
        train(ExitStatus.DONE, "--steps", 6, "--save-every", 3);
        assertThat(codec.resolve("README.md"))
                .content()
                .contains("4 × 4 pixels become one place of 6 channels", "6 of 6 steps")
                .contains("train-autoencoder", "## Licences of the data\n\nWhose\n");
        assertThat(test.out().strip()).isEqualTo(codec.toString());
        assertThat(CodecFolder.open(codec).preview()).isPresent();
        train(ExitStatus.DONE, "--steps", 6, "--save-every", 3, "--resume");

        ends(ExitStatus.DONE, "info", "-m", codec);
        assertThat(test.out()).contains("6 channels, 4 × 4 pixels each");

        ends(
                ExitStatus.DONE,
                "evaluate",
                "--codec",
                codec,
                "--data",
                data,
                "--image-size",
                16,
                "--json");
        JsonObject figures = JsonParser.parseString(test.out()).getAsJsonObject();
        assertThat(figures.get("pictures").getAsInt()).isEqualTo(12);
        assertThat(figures.get("psnr").getAsDouble()).isGreaterThan(15);
        assertThat(figures.get("ssim").getAsDouble()).isBetween(0.3, 1.0);
        assertThat(figures.get("codec_sha256").getAsString())
                .isEqualTo(CodecFolder.open(codec).reference().hash());

        Path shards = folder.resolve("shards");
        ends(
                ExitStatus.DONE,
                "encode",
                "--data",
                data,
                "--image-size",
                16,
                "--codec",
                codec,
                "-o",
                shards);
        Path run = folder.resolve("models/run");
        ends(
                ExitStatus.DONE,
                "train",
                "--data",
                shards,
                "--out",
                run,
                "--steps",
                1,
                "--batch-size",
                2,
                "--hidden-size",
                8,
                "--depth",
                1,
                "--sample-every",
                0);
        Path picture = folder.resolve("x.png");
        ends(
                ExitStatus.DONE,
                "generate",
                "-m",
                run,
                "--codec",
                codec,
                "--steps",
                2,
                "-o",
                picture,
                "--gif",
                folder.resolve("x.gif"));
        assertThat(picture).exists();
    }

    @Test
    void whatCannotBeMeantIsRefusedInALine() {
        train(ExitStatus.WRONG_USAGE, "--widths", "16,x");
        assertThat(test.err()).contains("--widths needs numbers");
        train(ExitStatus.WRONG_USAGE, "--factor", 3);
        assertThat(test.err()).contains("not 3");
        train(ExitStatus.WRONG_USAGE, "--crop", 10);
        assertThat(test.err()).contains("multiple of 4");
        train(ExitStatus.FAILED, "--resume");
        assertThat(test.err()).contains("no state to resume from");
        assertThat(codec.resolve("config.json")).doesNotExist();

        train(ExitStatus.DONE, "--steps", 1);
        train(ExitStatus.FAILED, "--steps", 1);
        assertThat(test.err()).contains("holds something already");
        ends(
                ExitStatus.WRONG_USAGE,
                "evaluate",
                "--codec",
                codec,
                "--data",
                data,
                "--samples",
                folder);
        assertThat(test.err()).contains("leave out --samples, or name a model");
        ends(ExitStatus.WRONG_USAGE, "evaluate", "--codec", codec, "--data", data, "--seeds", 1);
        assertThat(test.err()).contains("leave out --seeds");
        ends(
                ExitStatus.WRONG_USAGE,
                "evaluate",
                "--codec",
                codec,
                "--data",
                data,
                "--image-size",
                18);
        assertThat(test.err()).contains("multiples of 4");
    }
}
