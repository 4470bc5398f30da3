package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.backbone.zigma.Positions;
import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.cli.terminal.ExitStatus;
import io.zigma.condition.ByClass;
import io.zigma.condition.ByText;
import io.zigma.convert.PickleBytes;
import io.zigma.convert.TinyTorchFiles;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.InterpolantProcess;
import io.zigma.diffusion.Prediction;
import io.zigma.nn.MambaConfig;
import io.zigma.nn.NormKind;
import io.zigma.scan.Zigzag;
import io.zigma.text.FakeTextEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ImportCommandTest {

    private static final ZigMaConfig SHAPE =
            new ZigMaConfig(
                    8,
                    8,
                    4,
                    2,
                    16,
                    2,
                    new Zigzag(8),
                    MambaConfig.PUBLISHED,
                    Positions.LEARNED,
                    NormKind.RMS,
                    1e-5,
                    0,
                    new ByClass(2, false));

    /** What the official program would save of that model. */
    private static final Map<String, Object> PARAMS =
            Map.of(
                    "in_channels", 4,
                    "embed_dim", 16,
                    "depth", 2,
                    "img_dim", 8,
                    "patch_size", 2,
                    "num_classes", 2,
                    "use_pe", 2,
                    "scan_type", "zigzagN8");

    @TempDir Path folder;
    private final ConsoleOfTest test = ConsoleOfTest.plain();
    private String file = "";
    private String made = "";

    @BeforeEach
    void writeACheckpoint() throws IOException {
        made = folder.resolve("made").toString();
        file = write(PARAMS).toString();
    }

    @Test
    void anOfficialCheckpointNeedsNoOptions() throws IOException {
        assertThat(test.zigma("import", file, "-o", made)).isEqualTo(ExitStatus.DONE);
        assertThat(test.out().strip()).isEqualTo(made);
        CheckpointConfig config = CheckpointFolder.open(Path.of(made)).config();
        assertThat(config.model())
                .usingRecursiveComparison()
                .ignoringFields("dropPath")
                .isEqualTo(SHAPE);
        assertThat(config.process())
                .isEqualTo(new InterpolantProcess(InterpolantKind.GVP, Prediction.NOISE));
        assertThat(config.labels()).containsExactly("0", "1");
        assertThat(config.training().get("weights").getAsString()).isEqualTo("ema");
        assertThat(config.training().get("steps").getAsLong()).isEqualTo(12);
        assertThat(config.data().get("name").getAsString()).isEqualTo("churches");
    }

    @Test
    void infoDescribesWhatWasImported() {
        assertThat(test.zigma("import", file, "-o", made, "--labels", "sky,sea"))
                .isEqualTo(ExitStatus.DONE);
        assertThat(test.zigma("info", "-m", made)).isEqualTo(ExitStatus.DONE);
        assertThat(test.out()).contains("8 × 8, 4 channels", "0 sky, 1 sea", "noise");
    }

    @Test
    void rawWeightsDifferFromTheEma() throws IOException {
        String raw = folder.resolve("raw").toString();
        assertThat(test.zigma("import", file, "-o", made)).isEqualTo(ExitStatus.DONE);
        assertThat(test.zigma("import", file, "-o", raw, "--weights", "raw"))
                .isEqualTo(ExitStatus.DONE);
        assertThat(CheckpointFolder.open(Path.of(raw)).weightsHash())
                .isNotEqualTo(CheckpointFolder.open(Path.of(made)).weightsHash());
    }

    @Test
    void optionsSayWhatAFileWithoutArgumentsDoesNot() throws IOException {
        Path bare = new TinyTorchFiles().weights("", "", SHAPE, 1).write(folder.resolve("bare.pt"));
        assertThat(
                        test.zigma(
                                "import",
                                bare.toString(),
                                "-o",
                                made,
                                "--image-size",
                                "8",
                                "--channels",
                                "4",
                                "--patch-size",
                                "2",
                                "--hidden-size",
                                "16",
                                "--depth",
                                "2",
                                "--classes",
                                "2",
                                "--interpolant",
                                "vp"))
                .as(test.err())
                .isEqualTo(ExitStatus.DONE);
        CheckpointConfig config = CheckpointFolder.open(Path.of(made)).config();
        assertThat(config.model()).isEqualTo(SHAPE);
        assertThat(config.process())
                .isEqualTo(new InterpolantProcess(InterpolantKind.VP, Prediction.VELOCITY));
    }

    @Test
    void wrongOptionsListEveryTensorThatDiffers() throws IOException {
        Path bare = new TinyTorchFiles().weights("", "", SHAPE, 1).write(folder.resolve("bare.pt"));
        assertThat(
                        test.zigma(
                                "import",
                                bare.toString(),
                                "-o",
                                made,
                                "--image-size",
                                "8",
                                "--patch-size",
                                "2",
                                "--hidden-size",
                                "16",
                                "--depth",
                                "2"))
                .isEqualTo(ExitStatus.FAILED);
        assertThat(test.err())
                .contains(
                        "x_embedder.proj.weight has shape [16, 4, 2, 2], the model's has"
                                + " [16, 3, 2, 2]",
                        "'y_embedder.embedding_table.weight' of shape [2, 16] is surplus")
                .hasLineCount(1);
        assertThat(Path.of(made)).doesNotExist();
    }

    @Test
    void aPresetDescribesTheModelAndOptionsChangePartsOfIt() throws IOException {
        Path bare = new TinyTorchFiles().weights("", "", SHAPE, 1).write(folder.resolve("bare.pt"));
        assertThat(
                        test.zigma(
                                "import",
                                bare.toString(),
                                "-o",
                                made,
                                "--preset",
                                "zigzag8_b1_pe2",
                                "--patch-size",
                                "2",
                                "--image-size",
                                "8",
                                "--hidden-size",
                                "16",
                                "--depth",
                                "2",
                                "--classes",
                                "2"))
                .as(test.err())
                .isEqualTo(ExitStatus.DONE);
        ZigMaConfig model = (ZigMaConfig) CheckpointFolder.open(Path.of(made)).config().model();
        assertThat(model).usingRecursiveComparison().ignoringFields("dropPath").isEqualTo(SHAPE);
    }

    @Test
    void aPresetOfAnotherSizeListsMissingSurplusAndMisshapenTensors() throws IOException {
        Path bare = new TinyTorchFiles().weights("", "", SHAPE, 1).write(folder.resolve("bare.pt"));
        assertThat(test.zigma("import", bare.toString(), "-o", made, "--preset", "s-4"))
                .isEqualTo(ExitStatus.FAILED);
        assertThat(test.err())
                .contains(
                        "blocks.23.norm.weight is missing, the model's has shape [368]",
                        "norm_f.weight has shape [16], the model's has [368]",
                        "'pos_embed' of shape [1, 16, 16] is surplus",
                        "'y_embedder.embedding_table.weight' of shape [2, 16] is surplus")
                .hasLineCount(1);
        assertThat(Path.of(made)).doesNotExist();
    }

    @Test
    void aTextConditionalModelIsImportedWithTheSizeOfItsTokens() throws IOException {
        ZigMaConfig shape = SHAPE.withConditioning(new ByText(5, 0));
        Path bare = new TinyTorchFiles().weights("", "", shape, 1).write(folder.resolve("bare.pt"));
        String[] words =
                ("import %s -o %s --image-size 8 --channels 4 --hidden-size 16 --depth 2"
                                + " --text-size 5")
                        .formatted(bare, made)
                        .split(" ", -1);
        assertThat(test.zigma(words)).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(CheckpointFolder.open(Path.of(made)).config().model()).isEqualTo(shape);
    }

    @Test
    void aTextModelIsImportedWithItsTextEncoderAndGeneratesFromPrompts() throws IOException {
        ZigMaConfig shape = SHAPE.withConditioning(new ByText(5, 0));
        Path bare = new TinyTorchFiles().weights("", "", shape, 1).write(folder.resolve("bare.pt"));
        String words =
                "import %s -o %s --image-size 8 --channels 4 --hidden-size 16 --depth 2"
                                .formatted(bare, made)
                        + " --text-encoder ";
        assertThat(test.zigma((words + "wide-fake --text-size 5").split(" ", -1)))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("the text encoder wide-fake makes them of 7");
        assertThat(test.zigma((words + "fake").split(" ", -1)))
                .as(test.err())
                .isEqualTo(ExitStatus.DONE);

        CheckpointConfig config = CheckpointFolder.open(Path.of(made)).config();
        assertThat(config.textEncoder()).contains(FakeTextEncoder.FAKE);
        assertThat(config.model().conditioning()).isEqualTo(new ByText(5, 32));
        Path latents = folder.resolve("crab.safetensors");
        assertThat(
                        test.zigma(
                                "generate",
                                "-m",
                                made,
                                "-p",
                                "a crab",
                                "-s",
                                "1",
                                "--steps",
                                "1",
                                "-o",
                                latents.toString()))
                .as(test.err())
                .isEqualTo(ExitStatus.DONE);
        assertThat(latents).exists();
    }

    @Test
    void aTextEncoderOfAModelOfClassesIsRefused() {
        assertThat(test.zigma("import", file, "-o", made, "--text-encoder", "fake"))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("is not conditioned on text").hasLineCount(1);
        assertThat(test.zigma("import", file, "-o", made, "--text-encoder", "nowhere"))
                .isEqualTo(ExitStatus.WRONG_USAGE);
    }

    @Test
    void aPresetThatIsNotThereIsRefusedWithAGuess() throws IOException {
        Path bare = new TinyTorchFiles().weights("", "", SHAPE, 1).write(folder.resolve("bare.pt"));
        assertThat(test.zigma("import", bare.toString(), "-o", made, "--preset", "zigzag8_b1"))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err())
                .contains("--preset knows no 'zigzag8_b1'", "zigzag8_b1_pe2")
                .hasLineCount(1);
    }

    @Test
    void anOptionThatTheFileAnswersIsRefused() {
        assertThat(test.zigma("import", file, "-o", made, "--depth", "2"))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err())
                .contains("contains the description", "leave out --depth")
                .hasLineCount(1);
        assertThat(test.zigma("import", file, "-o", made, "--prediction", "noise"))
                .isEqualTo(ExitStatus.WRONG_USAGE);
    }

    @Test
    void aVariantThatIsNotThereIsRefusedByName() throws IOException {
        Map<String, Object> random = new LinkedHashMap<>(PARAMS);
        random.put("scan_type", "randomN4");
        assertThat(test.zigma("import", write(random).toString(), "-o", made))
                .isEqualTo(ExitStatus.FAILED);
        assertThat(test.err()).contains("'randomN4'").hasLineCount(1);
        assertThat(Path.of(made)).doesNotExist();
    }

    @Test
    void aFileThatRefersToMoreIsRefusedByThatName() throws IOException {
        Path evil = Files.writeString(folder.resolve("evil.pt"), "cposix\nsystem\n.");
        assertThat(test.zigma("import", evil.toString(), "-o", made)).isEqualTo(ExitStatus.FAILED);
        assertThat(test.err()).contains("evil.pt", "'posix system'").hasLineCount(1);
        assertThat(Path.of(made)).doesNotExist();
    }

    @Test
    void wrongNumbersOfNamesAreRefused() {
        assertThat(test.zigma("import", file, "-o", made, "--labels", "one"))
                .isEqualTo(ExitStatus.FAILED);
        assertThat(test.err()).contains("2 classes but there are 1 labels").hasLineCount(1);
        assertThat(Path.of(made)).doesNotExist();
    }

    @Test
    void theFileMustBeNamed() {
        assertThat(test.zigma("import", "-o", made)).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("import needs FILE").hasLineCount(1);
    }

    @Test
    void oneFileIsImportedAtATime() {
        assertThat(test.zigma("import", file, "other.pt", "-o", made))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("'other.pt'").hasLineCount(1);
    }

    private Path write(Map<String, Object> params) throws IOException {
        return new TinyTorchFiles()
                .weights("model", "module.", SHAPE, 1)
                .weights("ema", "module.", SHAPE, 2)
                .with(
                        "args",
                        Map.of(
                                "model", Map.of("name", "tiny", "params", params),
                                "data", Map.of("name", "churches"),
                                "train", Map.of("path_type", "GVP", "prediction", "noise")))
                .with("train_steps", 12)
                .write(folder.resolve("0000012.pt"));
    }

    @Test
    void weightsThatWereExportedComeBackAsTheyWere() throws IOException {
        Path model = TinyCheckpoint.withClasses(folder.resolve("own"));
        Path weights = model.resolve(CheckpointFolder.WEIGHTS);

        assertThat(importOwn(weights, "3")).as(test.err()).isEqualTo(ExitStatus.DONE);

        assertThat(folder.resolve("back").resolve(CheckpointFolder.WEIGHTS))
                .hasSameBinaryContentAs(weights);
    }

    @Test
    void safetensorsOfAnotherShapeListEveryTensorThatDiffers() throws IOException {
        Path model = TinyCheckpoint.withClasses(folder.resolve("own"));

        assertThat(importOwn(model.resolve(CheckpointFolder.WEIGHTS), "7"))
                .isEqualTo(ExitStatus.FAILED);

        assertThat(test.err())
                .contains("1 tensor differs", "y_embedder.embedding_table.weight has shape")
                .hasLineCount(1);
        assertThat(folder.resolve("back")).doesNotExist();
    }

    @Test
    void aFileOfOneSetOfWeightsIsNotAskedForAnother() throws IOException {
        Path model = TinyCheckpoint.withClasses(folder.resolve("own"));

        assertThat(importOwn(model.resolve(CheckpointFolder.WEIGHTS), "3", "--weights", "raw"))
                .isEqualTo(ExitStatus.WRONG_USAGE);

        assertThat(test.err()).contains("leave out --weights").hasLineCount(1);
    }

    @Test
    void classesAndTheNullClassAreImportedAsSuch() throws IOException {
        Path model = TinyCheckpoint.withClasses(folder.resolve("own"));
        CheckpointConfig own = CheckpointFolder.open(model).config();
        Path weights = model.resolve(CheckpointFolder.WEIGHTS);
        Path alone = Files.copy(weights, folder.resolve("alone.safetensors"));
        int classes = own.labels().size();

        assertThat(importOwn(alone, Integer.toString(classes - 1), "--null-class"))
                .as(test.err())
                .isEqualTo(ExitStatus.DONE);

        CheckpointFolder back = CheckpointFolder.open(folder.resolve("back"));
        assertThat(back.config().model().conditioning()).isEqualTo(new ByClass(classes, true));
        assertThat(back.config().labels()).hasSize(classes);
        assertThat(back.path().resolve(CheckpointFolder.WEIGHTS)).hasSameBinaryContentAs(weights);
    }

    @Test
    void aRowTooManyIsReportedAsAPossibleNullClass() throws IOException {
        Path model = TinyCheckpoint.withClasses(folder.resolve("own"));
        int classes = CheckpointFolder.open(model).config().labels().size();

        assertThat(
                        importOwn(
                                model.resolve(CheckpointFolder.WEIGHTS),
                                Integer.toString(classes - 1)))
                .isEqualTo(ExitStatus.FAILED);

        assertThat(test.err()).contains("may be the null class").hasLineCount(1);
    }

    @Test
    void ourOwnWeightsBesideTheirDescriptionComeBackWhole() throws IOException {
        Path model = TinyCheckpoint.withClasses(folder.resolve("own"));
        CheckpointConfig own = CheckpointFolder.open(model).config();

        assertThat(
                        test.zigma(
                                "import",
                                model.resolve(CheckpointFolder.WEIGHTS).toString(),
                                "-o",
                                made))
                .as(test.err())
                .isEqualTo(ExitStatus.DONE);

        CheckpointFolder back = CheckpointFolder.open(Path.of(made));
        assertThat(back.config().model()).isEqualTo(own.model());
        assertThat(back.config().labels()).isEqualTo(own.labels());
        assertThat(back.config().process()).isEqualTo(own.process());
        assertThat(back.config().sampling()).isEqualTo(own.sampling());
        assertThat(back.weightsHash()).isEqualTo(CheckpointFolder.open(model).weightsHash());
    }

    @Test
    void theNullClassNeedsClasses() throws IOException {
        Path bare = new TinyTorchFiles().weights("", "", SHAPE, 1).write(folder.resolve("bare.pt"));
        assertThat(test.zigma("import", bare.toString(), "-o", made, "--null-class"))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("--classes N").hasLineCount(1);
    }

    @Test
    void aBareStateDictIsNotCalledEma() throws IOException {
        Path bare = new TinyTorchFiles().weights("", "", SHAPE, 1).write(folder.resolve("bare.pt"));
        assertThat(importTiny(bare)).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(test.err()).contains("its weights").doesNotContain("ema");
        assertThat(CheckpointFolder.open(Path.of(made)).config().training().has("weights"))
                .isFalse();
    }

    @Test
    void whatIsLeftOutIsNamedAndWhereTheWeightsWere() throws IOException {
        Path saved =
                new TinyTorchFiles()
                        .weights("ema_state_dict", "module.", SHAPE, 1)
                        .with("config", new PickleBytes.New("__main__", "Config", Map.of("a", 1)))
                        .write(folder.resolve("theirs.pt"));
        assertThat(importTiny(saved)).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(test.err())
                .contains(
                        "ema weights (ema_state_dict)",
                        "'__main__ Config'",
                        "nothing of it was run");
    }

    private ExitStatus importTiny(Path weights) {
        return test.zigma(
                ("import %s -o %s --image-size 8 --channels 4 --patch-size 2 --hidden-size 16"
                                + " --depth 2 --classes 2")
                        .formatted(weights, made)
                        .split(" ", -1));
    }

    static Stream<Path> cases() throws IOException {
        Path folder =
                Path.of(System.getProperty("golden.dir")).resolveSibling("cases").resolve("import");
        if (!Files.isDirectory(folder)) {
            return Stream.of(folder);
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theCasesOfOthersAreTheSameWeights(Path given) throws IOException {
        Path latent = given.resolveSibling("latent.pt");
        Assumptions.assumeTrue(Files.exists(latent), "../shared/cases is not here");
        for (Path one : List.of(latent, given)) {
            assertThat(
                            test.zigma(
                                    ("import %s -o %s --image-size 16 --channels 4 --patch-size 2"
                                                    + " --hidden-size 64 --depth 2")
                                            .formatted(
                                                    one,
                                                    folder.resolve(
                                                            one == latent ? "latent" : "given"))
                                            .split(" ", -1)))
                    .as(test.err())
                    .isEqualTo(ExitStatus.DONE);
        }
        assertThat(folder.resolve("given").resolve(CheckpointFolder.WEIGHTS))
                .hasSameBinaryContentAs(folder.resolve("latent").resolve(CheckpointFolder.WEIGHTS));
    }

    /**
     * The tiny checkpoint's label table has a null class, which is one class more to an importer.
     */
    private ExitStatus importOwn(Path weights, String classes, String... more) {
        List<String> words =
                new ArrayList<>(
                        List.of(
                                "import",
                                weights.toString(),
                                "-o",
                                folder.resolve("back").toString(),
                                "--image-size",
                                "8",
                                "--channels",
                                "1",
                                "--patch-size",
                                "2",
                                "--hidden-size",
                                "16",
                                "--depth",
                                "2",
                                "--positions",
                                "none",
                                "--classes",
                                Integer.toString(Integer.parseInt(classes) + 1)));
        words.addAll(List.of(more));
        return test.zigma(words.toArray(new String[0]));
    }
}
