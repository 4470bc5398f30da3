package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.checkpoint.CodecFolder;
import io.zigma.cli.terminal.ExitStatus;
import io.zigma.codec.TinyAutoencoders;
import io.zigma.convert.AutoencoderFiles;
import io.zigma.op.Precision;
import io.zigma.train.data.LatentIndex;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code zigma encode}, and training on what it writes. */
class EncodeCommandTest {

    @TempDir private Path folder;
    private ConsoleOfTest test = ConsoleOfTest.plain();
    private Path codec = Path.of("");
    private Path data = Path.of("");
    private Path shards = Path.of("");

    @BeforeEach
    void importACodec() throws IOException {
        codec = importCodec(3);
        data = TinyData.pictures(folder.resolve("data"));
        shards = folder.resolve("shards");
    }

    private Path importCodec(long seed) throws IOException {
        Path made = folder.resolve("codecs/vae-" + seed);
        Path file =
                AutoencoderFiles.safetensors(
                        AutoencoderFiles.compVis(TinyAutoencoders.HALVING, seed),
                        folder.resolve("vae-" + seed + ".safetensors"));
        ends(
                ExitStatus.DONE,
                "import",
                file,
                "-o",
                made,
                "--norm-groups",
                4,
                "--scale-factor",
                0.5);
        return made;
    }

    private void ends(ExitStatus status, Object... words) {
        List<String> all = new ArrayList<>();
        Arrays.stream(words).map(Object::toString).forEach(all::add);
        test = ConsoleOfTest.plain();
        assertThat(test.zigma(all.toArray(String[]::new))).as(test.err()).isEqualTo(status);
    }

    private void encode(Path codec, Path out, Object... more) {
        List<Object> words =
                new ArrayList<>(
                        List.of("encode", "--data", data, "--image-size", 16, "--codec", codec));
        words.addAll(List.of("-o", out, "--shard-size", 5, "--picture-cache", "none"));
        words.addAll(List.of(more));
        ends(ExitStatus.DONE, words.toArray());
    }

    private void train(ExitStatus status, Path out, Object... more) {
        List<Object> words =
                new ArrayList<>(List.of("train", "--data", shards, "--out", out, "--steps", 3));
        words.addAll(List.of("--batch-size", 2, "--hidden-size", 8, "--depth", 1));
        words.addAll(List.of("--sample-every", 3, "--sample-steps", 1));
        words.addAll(List.of(more));
        ends(status, words.toArray());
    }

    @Test
    void picturesAreEncodedTrainedOnAndDecoded() throws IOException {
        encode(codec, shards);
        assertThat(test.out().strip()).isEqualTo(shards.toString());
        assertThat(test.err()).contains("12 latents of", "3 shards");
        LatentIndex index = LatentIndex.read(shards);
        assertThat(index.codec()).isEqualTo(CodecFolder.open(codec).reference());
        assertThat(index.labels()).containsExactly("blue", "red");

        Path run = folder.resolve("run");
        train(ExitStatus.DONE, run, "--shuffle-buffer", 4);
        assertThat(test.err()).contains("12 latents of 8 × 8, 2 classes, of the codec vae-3");
        Path checkpoint = run.resolve("checkpoints/00000003");
        assertThat(CheckpointFolder.open(checkpoint).config().codec()).contains(index.codec());

        Path picture = folder.resolve("x.png");
        ends(
                ExitStatus.DONE,
                "generate",
                "-m",
                run,
                "-c",
                "red",
                "--codec",
                codec,
                "--steps",
                1,
                "--scale",
                1,
                "-o",
                picture);
        BufferedImage image = ImageIO.read(picture.toFile());
        assertThat(image.getWidth()).isEqualTo(16);

        ends(ExitStatus.DONE, "train", "--data", shards, "--out", run, "--resume", "--steps", 5);
        ends(
                ExitStatus.DONE,
                "train",
                "--data",
                shards,
                "--out",
                folder.resolve("tuned"),
                "--from",
                run,
                "--steps",
                1,
                "--batch-size",
                2,
                "--sample-every",
                0);
    }

    @Test
    void licencesGoWithWhatIsMadeOfThePictures() throws IOException {
        Files.writeString(data.resolve("LICENSE.txt"), "Whose\n\nThe makers of it.\n");
        encode(codec, shards);
        assertThat(shards.resolve("LICENSES.md")).content().contains("The makers of it.");

        Path run = folder.resolve("run");
        train(ExitStatus.DONE, run);
        assertThat(card(run, 3)).contains("## Licences of the data\n\nWhose\n");
        ends(ExitStatus.DONE, "info", "-m", run);
        assertThat(test.out()).contains("licence: Whose (3 lines, in its README.md)");

        Path tuned = folder.resolve("tuned");
        Files.delete(shards.resolve("LICENSES.md"));
        List<Object> words = new ArrayList<>(List.of("train", "--data", shards, "--out", tuned));
        words.addAll(List.of("--from", run, "--steps", 1, "--batch-size", 2));
        words.addAll(List.of("--sample-every", 0, "--data-licence", "CC0"));
        ends(ExitStatus.DONE, words.toArray());
        assertThat(card(tuned, 1))
                .contains(
                        "CC0",
                        "### The data of the model that it started from",
                        "The makers of it.");

        Path other = folder.resolve("other");
        train(ExitStatus.DONE, other, "--data-licence", "CC0");
        Files.writeString(shards.resolve("LICENSES.md"), "Another\n\nwhich came later");
        ends(ExitStatus.DONE, "train", "--data", shards, "--out", other, "--resume", "--steps", 4);
        assertThat(card(other, 4)).contains("- licence: CC0\n").doesNotContain("came later");
    }

    private static String card(Path run, int step) throws IOException {
        return Files.readString(
                run.resolve("checkpoints").resolve("0000000" + step).resolve("README.md"));
    }

    @Test
    void whatDoesNotGoWithLatentsIsRefusedInALine() throws IOException {
        encode(codec, shards);
        Path run = folder.resolve("run");
        train(ExitStatus.WRONG_USAGE, run, "--image-size", 16);
        assertThat(test.err()).contains("--image-size is for pictures");
        train(ExitStatus.FAILED, run, "--flip");
        assertThat(test.err()).contains("--mirrored");
        assertThat(run.resolve("config.json")).doesNotExist();

        train(ExitStatus.DONE, run);
        ends(
                ExitStatus.WRONG_USAGE,
                "train",
                "--data",
                data,
                "--out",
                run,
                "--resume",
                "--steps",
                5);
        assertThat(test.err()).contains("the model makes latents", "zigma encode");

        Path others = folder.resolve("others");
        encode(importCodec(4), others);
        ends(ExitStatus.FAILED, "train", "--data", others, "--out", run, "--resume", "--steps", 5);
        assertThat(test.err()).contains("codec vae-3", "codec vae-4");
    }

    @Test
    void aRunDoesNotGoOnWithAPartOfItsLatents() throws IOException {
        encode(codec, shards);
        Path run = folder.resolve("run");
        train(ExitStatus.DONE, run);
        Files.delete(shards.resolve(LatentIndex.FILE));
        List<Object> tuned = List.of("--from", run, "--out", folder.resolve("tuned"));
        for (List<Object> which : List.of(List.<Object>of("--resume", "--out", run), tuned)) {
            List<Object> words = new ArrayList<>(List.of("train", "--data", shards, "--steps", 5));
            words.addAll(which);
            ends(ExitStatus.FAILED, words.toArray());
            assertThat(test.err()).contains("holds a part of the latents", "zigma encode");
        }
        encode(codec, shards);
        ends(ExitStatus.DONE, "train", "--data", shards, "--out", run, "--resume", "--steps", 5);
    }

    @Test
    void encodingGoesOnWhereItWasAndIsNotMixed() throws IOException {
        encode(codec, shards, "--mirrored");
        byte[] second = Files.readAllBytes(shards.resolve("000001.tar"));
        Files.delete(shards.resolve("000001.tar"));
        encode(codec, shards, "--mirrored");
        assertThat(shards.resolve("000001.tar")).hasBinaryContent(second);

        ends(
                ExitStatus.FAILED,
                "encode",
                "--data",
                data,
                "--image-size",
                16,
                "--codec",
                codec,
                "-o",
                shards,
                "--shard-size",
                4);
        assertThat(test.err()).contains("other pictures or settings");
        ends(ExitStatus.FAILED, "encode", "--data", data, "--codec", data, "-o", shards);
        assertThat(test.err()).contains("holds no codec");
        ends(
                ExitStatus.WRONG_USAGE,
                "encode",
                "--data",
                data,
                "--image-size",
                15,
                "--codec",
                codec,
                "-o",
                folder.resolve("odd"));
        assertThat(test.err()).contains("multiples of 2");
        ends(
                ExitStatus.WRONG_USAGE,
                "encode",
                "--data",
                data,
                "--image-size",
                16,
                "--codec",
                codec,
                "-o",
                folder.resolve("few"),
                "--shard-size",
                0);
    }

    @Test
    void thePrecisionIsRefusedOrPartOfWhatWasBegun() throws IOException {
        List<Object> words =
                new ArrayList<>(
                        List.of("encode", "--data", data, "--image-size", 16, "--codec", codec));
        words.addAll(List.of("-o", shards, "--precision"));
        words.add("f16");
        ends(ExitStatus.WRONG_USAGE, words.toArray());
        assertThat(test.err()).contains("--precision", "bf16");
        Assumptions.assumeTrue(
                Precision.BFLOAT16.isAvailable(Device.cpu()),
                "this processor does not multiply in bfloat16");
        encode(codec, shards);
        words.set(words.size() - 1, "bf16");
        words.addAll(List.of("--shard-size", 5));
        ends(ExitStatus.FAILED, words.toArray());
        assertThat(test.err()).contains("other pictures or settings");
        encode(codec, folder.resolve("rounded"), "--precision", "bf16");
        assertThat(LatentIndex.read(folder.resolve("rounded")).size()).isEqualTo(12);
        ends(
                ExitStatus.DONE,
                "evaluate",
                "--codec",
                codec,
                "--data",
                data,
                "--image-size",
                16,
                "--precision",
                "bf16",
                "--json");
        assertThat(test.out()).contains("\"number_format\": \"bf16\"");
    }
}
