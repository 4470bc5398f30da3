package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.checkpoint.CheckpointConfig.SamplingDefaults;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.cli.terminal.ExitStatus;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.io.SafetensorsFile;
import io.zigma.io.SafetensorsType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ExportCommandTest {

    @TempDir static Path before;
    private static Path run;

    @TempDir Path folder;
    private final ConsoleOfTest test = ConsoleOfTest.plain();

    @BeforeAll
    static void trainAModel() throws IOException {
        run = before.resolve("run");
        Path data = TinyData.idx(before.resolve("idx"));
        ExitStatus trained =
                ConsoleOfTest.plain()
                        .zigma(
                                "train",
                                "--data",
                                data.toString(),
                                "--out",
                                run.toString(),
                                "--steps",
                                "2",
                                "--batch-size",
                                "2",
                                "--hidden-size",
                                "16",
                                "--depth",
                                "1",
                                "--sample-every",
                                "2",
                                "--sample-steps",
                                "1");
        assertThat(trained).isEqualTo(ExitStatus.DONE);
    }

    @Test
    void writesWhatARunMadeWithoutItsTrainingState() throws IOException {
        Path target = folder.resolve("models").resolve("first");

        ExitStatus status = export(run, target);

        assertThat(status).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(test.out().strip()).isEqualTo(target.toString());
        assertThat(target.toFile().list())
                .containsExactlyInAnyOrder(
                        "config.json",
                        "model.safetensors",
                        "reference.safetensors",
                        "serving.properties",
                        "README.md",
                        "samples.png");
        assertThat(target.resolve("model.safetensors"))
                .hasSameBinaryContentAs(checkpoint().resolve("model.safetensors"));
    }

    @Test
    void theOptionsBecomeTheDefaults() throws IOException {
        Path target = folder.resolve("first");

        String[] sampling = {
            "--sampler", "ab2", "--steps", "7", "--cfg-scale", "1.5", "--cfg-interval", "0.25,1"
        };
        ExitStatus status = export(run, target, sampling);

        assertThat(status).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(CheckpointFolder.open(target).config().sampling())
                .isEqualTo(new SamplingDefaults("ab2", 7, new GuidanceStrength(1.5, 0.25, 1)));
        assertThat(CheckpointFolder.open(target).config().training())
                .isEqualTo(CheckpointFolder.open(checkpoint()).config().training());
    }

    @Test
    void recommendsOptionsOfTheSamplerThatGenerateThenTakes() throws IOException {
        Path target = folder.resolve("noisy");
        String[] sampling = {"--sampler", "ddim", "--steps", "3", "--sampler-option", "eta=0.50"};
        assertThat(export(run, target, sampling)).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(CheckpointFolder.open(target).config().sampling().options())
                .isEqualTo(Map.of("eta", "0.5"));

        Path open = folder.resolve("open.png");
        Path named = folder.resolve("named.png");
        Path plain = folder.resolve("plain.png");
        generate(target, open);
        generate(run, named, "--sampler", "ddim", "--steps", "3", "--sampler-option", "eta=0.5");
        generate(target, plain, "--sampler", "ddim");
        assertThat(open).hasSameBinaryContentAs(named);
        assertThat(Files.readAllBytes(plain))
                .as("a sampler that is named has standard values")
                .isNotEqualTo(Files.readAllBytes(open));

        assertThat(test.zigma("info", "-m", target.toString())).isEqualTo(ExitStatus.DONE);
        assertThat(test.out()).contains("ddim, 3 steps, eta=0.5, guidance");
    }

    private void generate(Path model, Path picture, String... more) {
        List<String> words =
                new ArrayList<>(List.of("generate", "-m", model.toString(), "-s", "7"));
        words.addAll(List.of("--no-metadata", "-o", picture.toString()));
        words.addAll(List.of(more));
        assertThat(test.zigma(words.toArray(String[]::new)))
                .as(test.err())
                .isEqualTo(ExitStatus.DONE);
    }

    @Test
    void whatItWroteGeneratesTheSamePictures() {
        Path target = folder.resolve("first");
        Path one = folder.resolve("1.png");
        Path two = folder.resolve("2.png");

        export(run, target);
        for (String[] pair :
                new String[][] {{run.toString(), "" + one}, {target.toString(), "" + two}}) {
            ExitStatus status =
                    test.zigma(
                            "generate",
                            "-m",
                            pair[0],
                            "-s",
                            "7",
                            "--steps",
                            "2",
                            "--no-metadata",
                            "-o",
                            pair[1]);
            assertThat(status).as(test.err()).isEqualTo(ExitStatus.DONE);
        }

        assertThat(one).hasSameBinaryContentAs(two);
    }

    @Test
    void writesHalfTheSizeWhenAskedTo() throws IOException {
        Path target = folder.resolve("small");

        ExitStatus status = export(run, target, "--precision", "bf16");

        assertThat(status).as(test.err()).isEqualTo(ExitStatus.DONE);
        Path weights = target.resolve("model.safetensors");
        try (SafetensorsFile file = SafetensorsFile.open(weights)) {
            for (String name : file.names()) {
                assertThat(file.dtype(name)).as(name).isEqualTo(SafetensorsType.BF16);
            }
        }
        assertThat(CheckpointFolder.open(target).config())
                .isEqualTo(CheckpointFolder.open(checkpoint()).config());
    }

    @Test
    void replacesAnExportOnlyWhenForced() throws IOException {
        Path target = folder.resolve("first");
        export(run, target);
        long large = Files.size(target.resolve("model.safetensors"));

        assertThat(export(run, target, "--precision", "f16")).isEqualTo(ExitStatus.FAILED);
        assertThat(test.err()).contains(target.toString(), "--force").hasLineCount(1);
        assertThat(Files.size(target.resolve("model.safetensors"))).isEqualTo(large);

        assertThat(export(run, target, "--precision", "f16", "--force")).isEqualTo(ExitStatus.DONE);
        assertThat(Files.size(target.resolve("model.safetensors"))).isLessThan(large);
    }

    @Test
    void neverOverwritesOtherWeights() throws IOException {
        Path theirs = Files.writeString(folder.resolve("config.json"), "{\"architectures\": []}");
        Files.writeString(folder.resolve("model.safetensors"), "theirs");

        assertThat(export(run, folder, "--force")).isEqualTo(ExitStatus.FAILED);
        assertThat(test.err()).contains("something else").hasLineCount(1);
        assertThat(theirs).hasContent("{\"architectures\": []}");
        assertThat(folder.resolve("model.safetensors")).hasContent("theirs");
    }

    @Test
    void removesTheCardOfWhatItReplacesAndLeavesTheRest() throws IOException {
        Path target = folder.resolve("first");
        export(run, target);
        Path notes = Files.writeString(target.resolve("notes.txt"), "mine");
        Path silent = TinyCheckpoint.withClasses(folder.resolve("silent")); // has no card

        assertThat(export(silent, target, "--force")).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(target.resolve("README.md")).doesNotExist();
        assertThat(notes).hasContent("mine");
        assertThat(target).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void whatAKilledExportLeftIsNotInTheWay() throws IOException {
        Path target = Files.createDirectories(folder.resolve("first"));
        Path left = Files.createDirectory(target.resolve("." + UUID.randomUUID() + ".part"));
        Files.writeString(left.resolve("README.md"), "half");

        assertThat(export(run, target)).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(left).doesNotExist();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aLinkWithALeftoversNameTakesNothingAlong() throws IOException {
        Path mine = Files.createDirectory(folder.resolve("mine"));
        Path thesis = Files.writeString(mine.resolve("thesis.txt"), "mine");
        Path target = Files.createDirectory(folder.resolve("first"));
        Files.createSymbolicLink(target.resolve("." + UUID.randomUUID() + ".part"), mine);

        assertThat(export(run, target)).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(thesis).hasContent("mine");
    }

    @Test
    void neverWritesOverAFolderOfSomethingElse() throws IOException {
        Path mine = Files.writeString(folder.resolve("thesis.txt"), "mine");

        assertThat(export(run, folder, "--force")).isEqualTo(ExitStatus.FAILED);
        assertThat(test.err()).contains("something else").hasLineCount(1);
        assertThat(folder.toFile().list()).containsExactly("thesis.txt");
        assertThat(mine).hasContent("mine");
    }

    @Test
    void neverOverwritesACheckpointThatARunResumesFrom() {
        assertThat(export(run, checkpoint(), "--force")).isEqualTo(ExitStatus.FAILED);
        assertThat(export(run, run, "--force")).isEqualTo(ExitStatus.FAILED);
        assertThat(test.err().lines())
                .hasSize(2)
                .allMatch(line -> line.contains("belongs to a training run"));
    }

    @Test
    void neverWritesOverItsOwnSource() throws IOException {
        Path model = TinyCheckpoint.withClasses(folder.resolve("model"));

        assertThat(export(model, model, "--force")).isEqualTo(ExitStatus.FAILED);
        assertThat(test.err()).contains("is the checkpoint to export").hasLineCount(1);
    }

    @Test
    void leavesNothingWhenTheWeightsAreDamaged() throws IOException {
        Path model = TinyCheckpoint.withClasses(folder.resolve("model"));
        Path weights = model.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 1] ^= 1;
        Files.write(weights, bytes);

        assertThat(export(model, folder.resolve("out"))).isEqualTo(ExitStatus.FAILED);
        assertThat(test.err()).contains("damaged").hasLineCount(1);
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void knowsThePrecisions() {
        assertThat(export(run, folder.resolve("out"), "--precision", "fp16"))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("did you mean 'f16'").hasLineCount(1);
    }

    private static Path checkpoint() {
        return run.resolve("checkpoints").resolve("00000002");
    }

    private ExitStatus export(Path from, Path to, String... more) {
        String[] words = new String[5 + more.length];
        System.arraycopy(
                new String[] {"export", "-m", from.toString(), "-o", to.toString()},
                0,
                words,
                0,
                5);
        System.arraycopy(more, 0, words, 5, more.length);
        return test.zigma(words);
    }
}
