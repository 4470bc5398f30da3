package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.backbone.Backbone;
import io.zigma.backbone.BackboneSpec;
import io.zigma.backbone.Signature;
import io.zigma.base.SampleShape;
import io.zigma.checkpoint.Backbones;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.cli.terminal.ExitStatus;
import io.zigma.condition.ByClass;
import io.zigma.convert.TinyTorchFiles;
import io.zigma.io.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands do with a DiT, which none of them knows. */
class DiTCommandsTest {

    @TempDir Path folder;
    private final ConsoleOfTest test = ConsoleOfTest.plain();

    @Test
    void aDiTIsTrainedSampledExportedVerifiedAndDescribed() throws IOException {
        Path data = TinyData.idx(folder.resolve("idx"));
        Path run = folder.resolve("run");
        done(
                "train",
                "--data",
                data.toString(),
                "--out",
                run.toString(),
                "--backbone",
                "dit",
                "--hidden-size",
                "16",
                "--depth",
                "2",
                "--heads",
                "2",
                "--steps",
                "2",
                "--batch-size",
                "4",
                "--sample-every",
                "0",
                "--save-every",
                "1");

        Path picture = folder.resolve("one.png");
        done(
                "generate",
                "-m",
                run.toString(),
                "-c",
                "1",
                "-s",
                "1",
                "--steps",
                "2",
                "--scale",
                "1",
                "-o",
                picture.toString());
        assertThat(ImageIO.read(picture.toFile()).getWidth()).isEqualTo(8);

        Path exported = folder.resolve("exported");
        done("export", "-m", run.toString(), "-o", exported.toString());
        done("verify", "-m", exported.toString());
        done("info", "-m", exported.toString());
        assertThat(test.out()).contains("dit", "2 of 16 channels and 2 heads", "adaln-zero");
        assertThat(CheckpointFolder.open(exported).config().model().kind().name()).isEqualTo("dit");
    }

    @Test
    void aDiTIsEvaluated() throws IOException {
        Path data = TinyData.idx(folder.resolve("idx"));
        Path run = train(data, "run", "2");
        Path classifier = folder.resolve("classifier");
        done(
                "train-classifier",
                "--data",
                data.toString(),
                "--steps",
                "2",
                "--batch-size",
                "4",
                "--out",
                classifier.toString());
        done(
                "evaluate",
                "-m",
                run.toString(),
                "--data",
                data.toString(),
                "--test-data",
                data.toString(),
                "--classifier",
                classifier.toString(),
                "-n",
                "12",
                "--seeds",
                "1",
                "--steps",
                "2",
                "--cache",
                folder.resolve("cache").toString(),
                "--json");
        JsonObject figures =
                JsonParser.parseString(test.out().substring(test.out().indexOf('{')))
                        .getAsJsonObject();
        assertThat(figures.get("samples").getAsInt()).isEqualTo(12);
        assertThat(figures.get("frechet_distance").getAsDouble()).isPositive();
        assertThat(figures.get("class_agreement").getAsDouble()).isBetween(0.0, 1.0);
    }

    @Test
    void aDiTThatWasInterruptedResumesToTheSameBytes() throws IOException {
        Path data = TinyData.idx(folder.resolve("idx"));
        Path whole = train(data, "whole", "4");
        Path parts = train(data, "parts", "2");
        done(
                "train",
                "--data",
                data.toString(),
                "--out",
                parts.toString(),
                "--resume",
                "--steps",
                "4");
        String last = "checkpoints/00000004/model.safetensors";
        assertThat(parts.resolve(last)).hasSameBinaryContentAs(whole.resolve(last));
    }

    private Path train(Path data, String name, String steps) {
        Path run = folder.resolve(name);
        done(
                "train",
                "--data",
                data.toString(),
                "--out",
                run.toString(),
                "--backbone",
                "dit",
                "--block",
                "cross-attention",
                "--hidden-size",
                "16",
                "--depth",
                "2",
                "--heads",
                "2",
                "--steps",
                steps,
                "--batch-size",
                "4",
                "--sample-every",
                "0",
                "--recompute");
        return run;
    }

    @Test
    void underDdpmItLearnsItsVarianceToo() throws IOException {
        Path data = TinyData.idx(folder.resolve("idx"));
        Path run = folder.resolve("run");
        done(
                "train",
                "--data",
                data.toString(),
                "--out",
                run.toString(),
                "--backbone",
                "dit",
                "--process",
                "iddpm",
                "--hidden-size",
                "16",
                "--depth",
                "2",
                "--heads",
                "2",
                "--steps",
                "2",
                "--batch-size",
                "4",
                "--sample-every",
                "0");
        Path picture = folder.resolve("one.png");
        done(
                "generate",
                "-m",
                run.toString(),
                "-c",
                "1",
                "-s",
                "1",
                "--sampler",
                "ancestral",
                "--steps",
                "4",
                "-o",
                picture.toString());
        assertThat(picture).exists();
        assertThat(
                        CheckpointFolder.open(run.resolve("checkpoints/00000002"))
                                .config()
                                .model()
                                .outputChannels())
                .isEqualTo(2);
    }

    @Test
    void ofTheSameWeightsDdpmReadsTheVariance() throws IOException {
        Path file = write(official(), folder.resolve("bare.safetensors"));
        Path made = folder.resolve("made");
        done("import", file.toString(), "-o", made.toString(), "--process", "iddpm");
        assertThat(CheckpointFolder.open(made).config().model()).isEqualTo(official());
        assertThat(test.err()).doesNotContain("does not contain what it was trained for");
    }

    @Test
    void theEmaOfAnOfficialTrainingIsRecognisedToo() throws IOException {
        Path file =
                new TinyTorchFiles()
                        .weights("model", "module.", official(), 1)
                        .weights("ema", "", official(), 2)
                        .write(folder.resolve("0400000.pt"));
        Path made = folder.resolve("made");
        done("import", file.toString(), "-o", made.toString(), "--process", "ddpm");
        CheckpointFolder checkpoint = CheckpointFolder.open(made);
        assertThat(checkpoint.config().model()).isEqualTo(official());
        assertThat(checkpoint.config().training().get("weights").getAsString()).isEqualTo("ema");
    }

    private static BackboneSpec official() {
        return Backbones.REGISTRY
                .get("dit")
                .create(
                        Optional.of("s-2"),
                        new Signature(SampleShape.image(4, 8, 8), 8, new ByClass(3, true), 1),
                        Map.of("depth", "1"));
    }

    @Test
    void bareOfficialWeightsAreRecognisedByTheirShapes() throws IOException {
        Path file = write(official(), folder.resolve("bare.safetensors"));
        Path made = folder.resolve("made");

        done("import", file.toString(), "-o", made.toString(), "--labels", "a,b,c");

        BackboneSpec model = CheckpointFolder.open(made).config().model();
        assertThat(model.kind().name()).isEqualTo("dit");
        assertThat(model.sample()).isEqualTo(SampleShape.image(4, 8, 8));
        assertThat(model.outputChannels()).isEqualTo(4);
        assertThat(model.conditioning()).isEqualTo(new ByClass(3, true));
        assertThat(test.err()).contains("does not contain what it was trained for");
        done("verify", "-m", made.toString());
    }

    private static Path write(BackboneSpec spec, Path file) throws IOException {
        try (NDManager manager = NDManager.newBaseManager()) {
            Backbone model = spec.create(3);
            model.initialize(manager);
            SafetensorsWriter writer = new SafetensorsWriter();
            model.namedParameters()
                    .forEach(
                            (name, parameter) ->
                                    writer.floats(
                                            name,
                                            parameter.getShape().getShape(),
                                            parameter.getArray().toFloatArray()));
            writer.write(file);
        }
        return file;
    }

    @Test
    void anOptionOfAnotherArchitectureIsRefusedByName() throws IOException {
        Path data = TinyData.idx(folder.resolve("idx"));
        ExitStatus status =
                test.zigma(
                        "train",
                        "--data",
                        data.toString(),
                        "--out",
                        folder.resolve("run").toString(),
                        "--backbone",
                        "dit",
                        "--scan",
                        "sweep");
        assertThat(status).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("dit has no --scan", "--heads");
    }

    private void done(String... words) {
        assertThat(test.zigma(words)).as(test.err()).isEqualTo(ExitStatus.DONE);
    }
}
