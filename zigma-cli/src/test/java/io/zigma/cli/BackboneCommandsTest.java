package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.backbone.Backbone;
import io.zigma.backbone.BackboneKind;
import io.zigma.backbone.BackboneSpec;
import io.zigma.backbone.Signature;
import io.zigma.base.SampleShape;
import io.zigma.base.Setting;
import io.zigma.checkpoint.Backbones;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.cli.terminal.ExitStatus;
import io.zigma.condition.ByClass;
import io.zigma.condition.ByText;
import io.zigma.condition.Conditioning;
import io.zigma.convert.TinyTorchFiles;
import io.zigma.io.SafetensorsFile;
import io.zigma.io.SafetensorsWriter;
import io.zigma.mixer.TokenMixers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the commands do with each backbone, of which none of them knows any. */
class BackboneCommandsTest {

    /** A backbone has those that it knows. */
    private static final Map<String, String> TINY =
            Map.of(
                    "hidden-size", "16",
                    "depth", "2",
                    "heads", "2",
                    "base-channels", "32",
                    "res-blocks", "1");

    @TempDir Path folder;
    private final ConsoleOfTest test = ConsoleOfTest.plain();

    /**
     * A network as the command line names it: a backbone, and a mixer where it has a choice.
     *
     * @param backbone its name
     * @param mixer its name, or empty for the only one
     */
    private record Network(String backbone, Optional<String> mixer) {

        List<String> words() {
            List<String> words = new ArrayList<>(List.of("--backbone", backbone));
            mixer.ifPresent(name -> words.addAll(List.of("--mixer", name)));
            return words;
        }

        @Override
        public String toString() {
            return backbone + mixer.map(name -> " with " + name).orElse("");
        }
    }

    static Stream<Network> networks() {
        return Backbones.REGISTRY.all().stream()
                .flatMap(
                        kind ->
                                hasMixers(kind)
                                        ? TokenMixers.REGISTRY.names().stream()
                                                .map(
                                                        mixer ->
                                                                new Network(
                                                                        kind.name(),
                                                                        Optional.of(mixer)))
                                        : Stream.of(new Network(kind.name(), Optional.empty())));
    }

    private static boolean hasMixers(BackboneKind<?> kind) {
        return kind.settings().stream().anyMatch(setting -> setting.name().equals("mixer"));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void aBackboneIsTrainedSampledExportedVerifiedAndDescribed(Network network) throws IOException {
        Path run = train(network, TinyData.idx(folder.resolve("idx")), "run", "2");

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
        assertThat(test.out())
                .contains(network.backbone())
                .containsPattern("of (16|32, 64, 64) channels");
        BackboneSpec made = CheckpointFolder.open(exported).config().model();
        assertThat(made.kind().name()).isEqualTo(network.backbone());
        assertThat(Optional.ofNullable(made.settings().get("mixer"))).isEqualTo(network.mixer());
    }

    @ParameterizedTest
    @MethodSource("networks")
    void aBackboneIsEvaluated(Network network) throws IOException {
        Path data = TinyData.idx(folder.resolve("idx"));
        Path run = train(network, data, "run", "2");
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

    /** Layers are recomputed, which long skips must not change a bit of. */
    @ParameterizedTest
    @MethodSource("networks")
    void aRunThatWasInterruptedResumesToTheSameBytes(Network network) throws IOException {
        Path data = TinyData.idx(folder.resolve("idx"));
        Path whole = train(network, data, "whole", "4");
        Path parts = train(network, data, "parts", "2", "--recompute");
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

    private Path train(Network network, Path data, String name, String steps, String... more) {
        Path run = folder.resolve(name);
        List<String> words =
                new ArrayList<>(
                        List.of(
                                "train",
                                "--data",
                                data.toString(),
                                "--out",
                                run.toString(),
                                "--steps",
                                steps,
                                "--batch-size",
                                "4",
                                "--sample-every",
                                "0"));
        words.addAll(network.words());
        List<String> known =
                Backbones.REGISTRY.get(network.backbone()).settings().stream()
                        .map(Setting::name)
                        .toList();
        TINY.forEach(
                (part, value) -> {
                    if (known.contains(part)) {
                        words.addAll(List.of("--" + part, value));
                    }
                });
        words.addAll(List.of(more));
        done(words.toArray(String[]::new));
        return run;
    }

    /** Published models but for their size; their files say all but what they are trained for. */
    static Stream<BackboneSpec> published() {
        Signature classes = new Signature(SampleShape.image(4, 8, 8), 4, new ByClass(3, true), 1);
        return Stream.of(
                small("dit", "s-2", classes, Map.of("depth", "1", "unused-variance", "true")),
                small("uvit", "h-2", classes, Map.of("depth", "2")),
                small("uvit", "s-2", classes.withConditioning(Conditioning.none()), Map.of()),
                small(
                        "uvit",
                        "s-2-text",
                        classes.withConditioning(new ByText(24, 7)),
                        Map.of("depth", "2")),
                small(
                        "adm",
                        "64",
                        new Signature(SampleShape.image(3, 64, 64), 3, new ByClass(3, false), 1),
                        Map.of("base-channels", "64", "res-blocks", "1")));
    }

    private static BackboneSpec small(
            String backbone, String preset, Signature signature, Map<String, String> parts) {
        return Backbones.REGISTRY.get(backbone).create(Optional.of(preset), signature, parts);
    }

    @ParameterizedTest
    @MethodSource("published")
    void officialWeightsGoInByTheirShapesAndOutUnchanged(BackboneSpec spec) throws IOException {
        Path file = write(spec, folder.resolve("bare.safetensors"));
        Path made = folder.resolve("made");
        done("import", file.toString(), "-o", made.toString());
        assertThat(CheckpointFolder.open(made).config().model()).isEqualTo(spec);
        assertThat(test.err()).contains("does not contain what it was trained for");
        done("verify", "-m", made.toString());

        Path exported = folder.resolve("exported");
        done("export", "-m", made.toString(), "-o", exported.toString());
        try (SafetensorsFile before = SafetensorsFile.open(file);
                SafetensorsFile after =
                        SafetensorsFile.open(exported.resolve("model.safetensors"))) {
            assertThat(after.names()).containsExactlyInAnyOrderElementsOf(before.names());
            for (String name : before.names()) {
                assertThat(Arrays.equals(after.floats(name), before.floats(name)))
                        .as(name)
                        .isTrue();
            }
        }
    }

    /** U-ViT's networks count steps from 1, or are given 999 for the noise to 0 for the data. */
    @Test
    void theProcessesOfUViTAreImportedAndSampledFrom() throws IOException {
        BackboneSpec spec =
                small(
                        "uvit",
                        "s-2",
                        new Signature(SampleShape.image(3, 8, 8), 3, Conditioning.none(), 1),
                        Map.of("depth", "2"));
        Path file = write(spec, folder.resolve("bare.safetensors"));
        Path discrete = folder.resolve("discrete");
        done(
                "import",
                file.toString(),
                "-o",
                discrete.toString(),
                "--process",
                "ddpm",
                "--process-option",
                "schedule=scaled-linear",
                "--process-option",
                "variance=fixed-small",
                "--process-option",
                "first-step=1");
        Path continuous = folder.resolve("continuous");
        done(
                "import",
                file.toString(),
                "-o",
                continuous.toString(),
                "--process",
                "interpolant",
                "--process-option",
                "path=vp",
                "--process-option",
                "prediction=noise",
                "--process-option",
                "network-time=score-sde");
        CheckpointConfig config = CheckpointFolder.open(discrete).config();
        assertThat(config.process().modelTime(config.process().start())).isEqualTo(1000);
        config = CheckpointFolder.open(continuous).config();
        assertThat(config.process().modelTime(config.process().start())).isEqualTo(999);
        assertThat(config.process().modelTime(config.process().end())).isZero();
        for (Path model : List.of(discrete, continuous)) {
            Path picture = folder.resolve(model.getFileName() + ".png");
            done(
                    "generate",
                    "-m",
                    model.toString(),
                    "-s",
                    "1",
                    "--sampler",
                    "dpm++",
                    "--steps",
                    "3",
                    "-o",
                    picture.toString());
            assertThat(picture).exists();
        }
    }

    @Test
    void underDdpmADiTLearnsItsVarianceToo() throws IOException {
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
    void ofADiTsWeightsDdpmReadsTheVariance() throws IOException {
        Path file = write(official(), folder.resolve("bare.safetensors"));
        Path made = folder.resolve("made");
        done("import", file.toString(), "-o", made.toString(), "--process", "iddpm");
        assertThat(CheckpointFolder.open(made).config().model()).isEqualTo(official());
        assertThat(test.err()).doesNotContain("does not contain what it was trained for");
    }

    @Test
    void theEmaOfAnOfficialTrainingOfDiTIsRecognisedToo() throws IOException {
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
