package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonParser;
import io.zigma.backbone.adm.AdmClassifier;
import io.zigma.backbone.adm.AdmClassifierConfig;
import io.zigma.backbone.adm.AdmShape;
import io.zigma.backbone.adm.Pool;
import io.zigma.backbone.adm.QkvOrder;
import io.zigma.backbone.adm.Resampling;
import io.zigma.base.SampleShape;
import io.zigma.checkpoint.NoisyClassifierFolder;
import io.zigma.cli.terminal.ExitStatus;
import io.zigma.io.SafetensorsFile;
import io.zigma.io.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A classifier of noisy pictures, from its training to what it guides. */
class ClassifierGuidanceCommandsTest {

    @TempDir static Path before;
    private static Path classifier;
    private static Path model;
    private static Path unconditional;

    @TempDir Path folder;
    private final ConsoleOfTest test = ConsoleOfTest.plain();

    @BeforeAll
    static void trainAll() throws IOException {
        Path idx = TinyData.idx(before.resolve("idx"));
        classifier = before.resolve("guide");
        model = before.resolve("model");
        unconditional = before.resolve("unconditional");
        ConsoleOfTest console = ConsoleOfTest.plain();
        done(
                console,
                "train-classifier --noisy --process iddpm --base-channels 32 --res-blocks 1 --steps 20"
                        + " --learning-rate 3e-3 --batch-size 4",
                "--data",
                idx,
                "--out",
                classifier);
        assertThat(console.err()).contains("step 20: right on");
        String train =
                "train --process iddpm --hidden-size 16 --depth 2 --steps 2 --batch-size 4"
                        + " --sample-every 0";
        done(console, train, "--data", idx, "--out", model);
        done(console, train + " --unconditional", "--data", idx, "--out", unconditional);
    }

    private static void done(ConsoleOfTest console, String words, Object... more) {
        assertThat(run(console, words, more)).as(console.err()).isEqualTo(ExitStatus.DONE);
    }

    private static ExitStatus run(ConsoleOfTest console, String words, Object... more) {
        List<String> all = new ArrayList<>(List.of(words.split(" ")));
        for (Object word : more) {
            all.add(word.toString());
        }
        return console.zigma(all.toArray(String[]::new));
    }

    private Path picture(String name, Path of, String words, Object... more) {
        Path file = folder.resolve(name);
        List<Object> all = new ArrayList<>(List.of("-m", of, "-o", file));
        all.addAll(List.of(more));
        done(test, "generate -s 1 --steps 4 " + words, all.toArray());
        return file;
    }

    @ParameterizedTest
    @CsvSource({"ancestral,1", "ddim,1", "dpm++,1", "ancestral,2", "ddim,2"})
    void itGuidesAloneAndTogetherWithTheNullClass(String sampler, String scale) throws IOException {
        String words = "-c 1 --cfg-scale %s --sampler %s".formatted(scale, sampler);
        // as samples: what a model of two steps makes is black or white as a picture
        Path plain = picture("plain.safetensors", model, words + " --no-metadata");
        Path guided =
                picture(
                        "guided.safetensors",
                        model,
                        words + " --no-metadata --classifier-scale 1000",
                        "--classifier",
                        classifier);
        assertThat(Files.readAllBytes(guided)).isNotEqualTo(Files.readAllBytes(plain));
    }

    @Test
    void aPictureDoesNotDependOnTheOthersOfItsBatch() {
        String words = "-c 1 --sampler ancestral --classifier-scale 20 --no-metadata -n 3";
        Path together =
                picture("a.safetensors", model, words + " --batch 3", "--classifier", classifier);
        Path alone =
                picture("b.safetensors", model, words + " --batch 1", "--classifier", classifier);
        assertThat(alone).hasSameBinaryContentAs(together);
    }

    @Test
    void aModelWithoutClassesIsGuidedToOne() throws IOException {
        String words = "--sampler ancestral --no-metadata --classifier-scale 1000";
        Path zero =
                picture(
                        "zero.safetensors",
                        unconditional,
                        words + " --classifier-class 0",
                        "--classifier",
                        classifier);
        Path one =
                picture(
                        "one.safetensors",
                        unconditional,
                        words + " --classifier-class 1",
                        "--classifier",
                        classifier);
        assertThat(Files.readAllBytes(one)).isNotEqualTo(Files.readAllBytes(zero));
    }

    @Test
    void theRecipeNamesTheClassifierAndGivesTheSamePictureAgain() {
        Path first =
                picture(
                        "first.png",
                        model,
                        "-c 1 --sampler ancestral --classifier-scale 20",
                        "--classifier",
                        classifier);
        Path again = folder.resolve("again.png");
        assertThat(run(test, "generate", "-m", model, "--recipe", first, "-o", again))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("a classifier guided, of weights with SHA-256");
        done(
                test,
                "generate",
                "-m",
                model,
                "--recipe",
                first,
                "--classifier",
                classifier,
                "-o",
                again);
        assertThat(again).hasSameBinaryContentAs(first);
    }

    @Test
    void aModelOfOtherNoiseIsRefused() throws IOException {
        Path other = folder.resolve("other");
        done(
                test,
                "train --hidden-size 16 --depth 2 --steps 1 --batch-size 4 --sample-every 0",
                "--data",
                TinyData.idx(folder.resolve("idx")),
                "--out",
                other);
        assertThat(
                        run(
                                test,
                                "generate -c 1",
                                "-m",
                                other,
                                "--classifier",
                                classifier,
                                "-o",
                                folder.resolve("x.png")))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err())
                .contains("trained on the noise of another process", "linear interpolant");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--classifier-scale 2|--classifier-scale is for --classifier DIR",
                "--classifier-class 1|--classifier-class is for --classifier DIR"
            })
    void optionsWithoutAClassifierAreRefused(String words, String refusal) {
        assertThat(run(test, "generate -c 1 " + words, "-m", model, "-o", folder.resolve("x.png")))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains(refusal).hasLineCount(1);
    }

    @Test
    void aClassThatTheClassifierDoesNotKnowIsRefused() {
        assertThat(
                        run(
                                test,
                                "generate --classifier-class sneaker",
                                "-m",
                                unconditional,
                                "--classifier",
                                classifier,
                                "-o",
                                folder.resolve("x.png")))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("knows no class 'sneaker'").hasLineCount(1);
    }

    @Test
    void withoutAClassThereIsNothingToGuideTo() {
        assertThat(
                        run(
                                test,
                                "generate",
                                "-m",
                                unconditional,
                                "--classifier",
                                classifier,
                                "-o",
                                folder.resolve("x.png")))
                .isNotEqualTo(ExitStatus.DONE);
        assertThat(test.err()).contains("guides towards a class");
    }

    @Test
    void optionsOfItsNetworkNeedNoisy() throws IOException {
        assertThat(
                        run(
                                test,
                                "train-classifier --pool spatial",
                                "--data",
                                TinyData.idx(folder.resolve("idx")),
                                "--out",
                                folder.resolve("x")))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err())
                .contains("--pool is for a classifier of noisy pictures; add --noisy")
                .hasLineCount(1);
    }

    /** The published classifier of 64 pixels but for its width and its number of blocks. */
    @Test
    void anOfficialClassifierIsRecognisedByItsShapesAndItsWeightsStayAsTheyAre()
            throws IOException {
        AdmShape published = AdmClassifierConfig.published(64, 3).orElseThrow().shape();
        AdmClassifierConfig config =
                new AdmClassifierConfig(
                        SampleShape.image(3, 64, 64),
                        3,
                        1,
                        new AdmShape(
                                64,
                                published.multipliers(),
                                1,
                                List.of(8),
                                0,
                                64,
                                QkvOrder.BY_HEAD,
                                true,
                                Resampling.RESIDUAL),
                        Pool.ATTENTION);
        Path file = folder.resolve("64x64_classifier.safetensors");
        Map<String, float[]> weights = new LinkedHashMap<>();
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            AdmClassifier network = config.create(3);
            network.initialize(manager);
            SafetensorsWriter writer = new SafetensorsWriter();
            network.namedParameters()
                    .forEach(
                            (name, parameter) -> {
                                weights.put(name, parameter.getArray().toFloatArray());
                                writer.floats(
                                        name, parameter.getShape().getShape(), weights.get(name));
                            });
            writer.write(file);
        }
        Path made = folder.resolve("made");
        done(test, "import", file, "-o", made);
        assertThat(test.err()).contains("does not contain whose noise it knows; assumed: ");
        NoisyClassifierFolder imported = NoisyClassifierFolder.open(made);
        assertThat(imported.config()).isEqualTo(config);
        assertThat(imported.process().settings()).containsEntry("schedule", "cosine");
        assertThat(imported.labels()).containsExactly("0", "1", "2");
        imported.load(Device.cpu()).close();
        try (SafetensorsFile after = SafetensorsFile.open(made.resolve("model.safetensors"))) {
            assertThat(after.names()).containsExactlyInAnyOrderElementsOf(weights.keySet());
            for (String name : after.names()) {
                assertThat(Arrays.equals(after.floats(name), weights.get(name))).as(name).isTrue();
            }
        }
    }

    @Test
    void infoDescribesItAndNothingElseTakesIt() {
        done(test, "info", "-m", classifier);
        assertThat(test.out()).contains("of noisy pictures", "pool attention", "cosine", "SHA-256");
        ConsoleOfTest json = ConsoleOfTest.plain();
        done(json, "info --json", "-m", classifier);
        assertThat(JsonParser.parseString(json.out()).getAsJsonObject().get("format").getAsString())
                .isEqualTo("zigma-noisy-classifier");
        assertThat(run(test, "generate", "-m", classifier, "-o", folder.resolve("x.png")))
                .isEqualTo(ExitStatus.FAILED);
        assertThat(test.err()).contains("holds a classifier");
    }
}
