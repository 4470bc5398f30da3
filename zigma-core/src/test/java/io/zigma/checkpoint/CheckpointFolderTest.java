package io.zigma.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonObject;
import io.zigma.backbone.Backbone;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.backbone.zigma.ZigMa;
import io.zigma.io.CheckpointException;
import io.zigma.io.SafetensorsFile;
import io.zigma.io.SafetensorsType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CheckpointFolderTest {

    @TempDir Path folder;

    @BeforeEach
    void writeACheckpoint() throws IOException {
        TinyCheckpoints.write(folder, 1);
    }

    @Test
    void whatWasWrittenIsReadAgain() throws IOException {
        CheckpointFolder checkpoint = CheckpointFolder.open(folder);
        assertThat(checkpoint.config().model()).isEqualTo(TinyModels.CONDITIONAL);
        assertThat(checkpoint.config().labels()).containsExactly("circle", "square", "cross");
        assertThat(checkpoint.config().training().get("steps").getAsInt()).isEqualTo(12);
        try (NDManager manager = NDManager.newBaseManager()) {
            Backbone original = TinyCheckpoints.model(TinyModels.CONDITIONAL, 1, manager);
            assertSameWeights(original, checkpoint.loadModel(manager), 0);
        }
    }

    @Test
    void aModelOfVideosIsReadAgain() throws IOException {
        Path place = Files.createDirectory(folder.resolve("videos"));
        TinyCheckpoints.write(place, TinyModels.VIDEO, 1);
        CheckpointFolder checkpoint = CheckpointFolder.open(place);
        assertThat(checkpoint.config().model()).isEqualTo(TinyModels.VIDEO);
        try (NDManager manager = NDManager.newBaseManager()) {
            Backbone original = TinyCheckpoints.model(TinyModels.VIDEO, 1, manager);
            assertSameWeights(original, checkpoint.loadModel(manager), 0);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = SafetensorsType.class,
            names = {"F16", "BF16"})
    void halfPrecisionRoundsTheWeightsAndNothingElse(SafetensorsType precision) throws IOException {
        try (NDManager manager = NDManager.newBaseManager()) {
            ZigMa original = new ZigMa(TinyModels.CONDITIONAL, 1);
            original.initialize(manager);
            Map<String, NDArray> weights = new LinkedHashMap<>();
            original.namedParameters()
                    .forEach((name, parameter) -> weights.put(name, parameter.getArray()));
            CheckpointFolder written =
                    CheckpointFolder.write(folder, TinyCheckpoints.config(), weights, precision);
            double digits = precision == SafetensorsType.F16 ? 0x1p-11 : 0x1p-8;
            assertSameWeights(original, written.loadModel(manager), digits);
        }
    }

    @Test
    void anExportHasTheSameBytesWithoutWhatOnlyTrainingNeeds() throws IOException {
        Files.writeString(folder.resolve("training.json"), "{}");
        Files.writeString(folder.resolve(CheckpointFolder.CARD), "a card");
        Files.write(folder.resolve("samples.png"), new byte[] {1, 2, 3});
        Path target = Files.createDirectory(folder.resolve("export"));
        CheckpointFolder.open(folder).exportTo(target, SafetensorsType.F32);
        assertThat(target.toFile().list())
                .containsExactlyInAnyOrder(
                        "config.json",
                        "model.safetensors",
                        "serving.properties",
                        "README.md",
                        "samples.png");
        for (String name : target.toFile().list()) {
            assertThat(target.resolve(name)).hasSameBinaryContentAs(folder.resolve(name));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = SafetensorsType.class,
            names = {"F16", "BF16"})
    void anExportInHalfPrecisionIsHalfTheSizeAndLoads(SafetensorsType precision)
            throws IOException {
        Path target = Files.createDirectory(folder.resolve("export"));
        CheckpointFolder exported = CheckpointFolder.open(folder).exportTo(target, precision);
        try (NDManager manager = NDManager.newBaseManager();
                SafetensorsFile weights =
                        SafetensorsFile.open(target.resolve(CheckpointFolder.WEIGHTS))) {
            assertThat(weights.names()).allMatch(name -> dtype(weights, name) == precision);
            ZigMa original = TinyCheckpoints.model(TinyModels.CONDITIONAL, 1, manager);
            double digits = precision == SafetensorsType.F16 ? 0x1p-11 : 0x1p-8;
            assertSameWeights(original, exported.loadModel(manager), digits);
        }
    }

    private static SafetensorsType dtype(SafetensorsFile weights, String name) {
        try {
            return weights.dtype(name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aWeightThatHalvesCannotHoldIsNotExportedAsInfinity() throws IOException {
        try (NDManager manager = NDManager.newBaseManager()) {
            ZigMa model = TinyCheckpoints.model(TinyModels.CONDITIONAL, 1, manager);
            Map<String, NDArray> weights = new LinkedHashMap<>();
            model.namedParameters()
                    .forEach((name, parameter) -> weights.put(name, parameter.getArray()));
            String first = weights.keySet().iterator().next();
            weights.put(first, weights.get(first).add(70000f));
            CheckpointFolder.write(folder, TinyCheckpoints.config(), weights, SafetensorsType.F32);
            Path target = Files.createDirectory(folder.resolve("export"));
            assertThatThrownBy(
                            () ->
                                    CheckpointFolder.open(folder)
                                            .exportTo(target, SafetensorsType.F16))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining(first)
                    .hasMessageContaining("bf16");
            assertThat(target).isEmptyDirectory();

            CheckpointFolder before = TinyCheckpoints.write(target, 2);
            assertThatThrownBy(
                            () ->
                                    CheckpointFolder.open(folder)
                                            .exportTo(target, SafetensorsType.F16))
                    .isInstanceOf(CheckpointException.class);
            assertThat(CheckpointFolder.open(target).weightsHash())
                    .as("the checkpoint that was there")
                    .isEqualTo(before.weightsHash());
        }
    }

    @Test
    void aDescriptionOfSomethingElseIsCalledSo() throws IOException {
        Files.writeString(folder.resolve(CheckpointFolder.CONFIG), "{\"architectures\": []}");
        assertThatThrownBy(() -> CheckpointFolder.open(folder))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("does not describe a ZigMa checkpoint");
    }

    @Test
    void aMissingFolderIsNamed() {
        assertThatThrownBy(() -> CheckpointFolder.open(folder.resolve("nowhere")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("there is no folder")
                .hasMessageContaining("nowhere");
    }

    @Test
    void aFolderWithoutDescriptionIsNoCheckpoint() throws IOException {
        Files.delete(folder.resolve(CheckpointFolder.CONFIG));
        assertThatThrownBy(() -> CheckpointFolder.open(folder))
                .hasMessageContaining("is not a checkpoint folder: it has no config.json");
    }

    @Test
    void exchangedWeightsAreNoticed() throws IOException {
        Path other = Files.createDirectory(folder.resolve("other"));
        TinyCheckpoints.write(other, 2);
        Files.copy(
                other.resolve(CheckpointFolder.WEIGHTS),
                folder.resolve(CheckpointFolder.WEIGHTS),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        CheckpointFolder checkpoint = CheckpointFolder.open(folder);
        try (NDManager manager = NDManager.newBaseManager()) {
            assertThatThrownBy(() -> checkpoint.loadModel(manager))
                    .hasMessageContaining("is damaged or was exchanged");
        }
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "\"depth\": 2 | \"depth\": 3 | missing tensors [blocks.2.",
                "\"depth\": 2 | \"depth\": 1 | surplus tensors [blocks.1.",
                "\"hidden_size\": 8 | \"hidden_size\": 12 | has shape",
                "\"depth\": 2 | \"depth\": -2 | the depth is -2",
                "\"depth\": 2 | \"depth\": \"two\" | backbone.depth must be a number",
                "\"depth\": 2 | \"width\": 2 | unknown fields [backbone.width]",
                "\"depth\": 2 | \"wi\\nd\\u2028th\": 2 | unknown fields [backbone.wi\\u000ad\\u2028th]",
                "zigzag-8 | zigzag-9 | backbone.scan: there are zigzag-1 to zigzag-8, not zigzag-9",
                "zigzag-8 | zag-8 | backbone.scan: there is no scan 'zag-8'; there are sweep, zigzag-N",
                "zigzag-8 | factorised-st | factorised-st runs through the frames of a video",
                "zigma-checkpoint | other | its format is not",
                "\"version\": 2 | \"version\": 3 | has format version 3, this program reads version 1 to 2",
                "\"cross\" | \"cross\", \"more\" | y_embedder.embedding_table.weight has shape",
                "\"kind\": \"zigma\" | \"kind\": \"zigna\" | no backbone 'zigna' (did you mean 'zigma'?); choose from zigma",
                "\"kind\": \"pixels\" | \"kind\": \"pixel\" | no codec 'pixel'",
                "{ | [ | is not valid JSON",
            })
    void aWrongDescriptionIsRefusedInOneLine(String right, String wrong, String message)
            throws IOException {
        Path file = folder.resolve(CheckpointFolder.CONFIG);
        String text = Files.readString(file);
        assertThat(text).contains(right);
        Files.writeString(file, text.replace(right, wrong));
        try (NDManager manager = NDManager.newBaseManager()) {
            assertThatThrownBy(() -> CheckpointFolder.open(folder).loadModel(manager))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining(message)
                    .hasMessageNotContaining("\n");
        }
    }

    @Test
    void everyFieldOfTheDescriptionIsNeeded() throws IOException {
        Path file = folder.resolve(CheckpointFolder.CONFIG);
        JsonObject whole =
                com.google.gson.JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        for (String field : whole.keySet()) {
            JsonObject less = whole.deepCopy();
            less.remove(field);
            Files.writeString(file, less.toString());
            assertThatThrownBy(() -> CheckpointFolder.open(folder))
                    .as("without " + field)
                    .isInstanceOf(CheckpointException.class);
        }
    }

    private static void assertSameWeights(Backbone expected, Backbone actual, double relative) {
        expected.namedParameters()
                .forEach(
                        (name, parameter) -> {
                            float[] before = parameter.getArray().toFloatArray();
                            float[] after =
                                    actual.namedParameters().get(name).getArray().toFloatArray();
                            assertThat(after).as(name).hasSameSizeAs(before);
                            for (int i = 0; i < before.length; i++) {
                                assertThat((double) after[i])
                                        .as(name)
                                        .isCloseTo(
                                                before[i],
                                                org.assertj.core.api.Assertions.within(
                                                        relative * Math.abs(before[i])
                                                                + relative * 1e-4));
                            }
                        });
    }
}
