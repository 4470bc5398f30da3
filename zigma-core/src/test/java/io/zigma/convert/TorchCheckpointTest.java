package io.zigma.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import io.zigma.backbone.Backbone;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.backbone.zigma.ZigMa;
import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.checkpoint.TinyCheckpoints;
import io.zigma.convert.PickleBytes.Saved;
import io.zigma.io.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TorchCheckpointTest {

    private static final ZigMaConfig SHAPE = TinyModels.CONDITIONAL;

    @TempDir Path folder;

    @ParameterizedTest
    @EnumSource
    void theChosenWeightsBecomeAFolderThatLoads(TorchWeights which) throws IOException {
        Path file =
                new TinyTorchFiles()
                        .weights("model", "module.", SHAPE, 1)
                        .weights("ema", "", SHAPE, 2)
                        .write(folder.resolve("a.pt"));
        try (TorchCheckpoint checkpoint = TorchCheckpoint.open(file);
                NDManager manager = NDManager.newBaseManager()) {
            Backbone imported =
                    checkpoint
                            .convert(
                                    Optional.of(which),
                                    TinyCheckpoints.config(SHAPE),
                                    folder.resolve("made"))
                            .loadModel(manager);
            ZigMa original =
                    TinyCheckpoints.model(SHAPE, which == TorchWeights.RAW ? 1 : 2, manager);
            original.namedParameters()
                    .forEach(
                            (name, parameter) ->
                                    assertThat(
                                                    imported.namedParameters()
                                                            .get(name)
                                                            .getArray()
                                                            .toFloatArray())
                                            .as(name)
                                            .isEqualTo(parameter.getArray().toFloatArray()));
        }
    }

    @Test
    void aBareStateDictIsRawAndIsUsedByDefault() throws IOException {
        Path file = new TinyTorchFiles().weights("", "", SHAPE, 1).write(folder.resolve("a.pt"));
        try (TorchCheckpoint checkpoint = TorchCheckpoint.open(file)) {
            ModelWeights weights = checkpoint.weights(Optional.empty(), SHAPE);
            assertThat(weights.isEma()).isFalse();
            assertThat(weights.place()).isEmpty();
            assertThat(checkpoint.model()).isEmpty();
            assertThat(checkpoint.trainSteps()).isEmpty();
            assertThatThrownBy(() -> checkpoint.weights(Optional.of(TorchWeights.EMA), SHAPE))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContainingAll(file.toString(), "no averaged (ema) weights")
                    .hasMessageNotContaining("\n");
        }
    }

    @Test
    void everyTensorThatDiffersIsListedWithBothShapes() throws IOException {
        ZigMaConfig deeper = TinyModels.CONDITIONAL;
        Path file =
                new TinyTorchFiles().weights("ema", "", deeper, 1).write(folder.resolve("a.pt"));
        Path place = folder.resolve("made");
        ZigMaConfig asked =
                new ZigMaConfig(
                        deeper.sample().height(),
                        deeper.sample().width(),
                        deeper.sample().channels() + 1,
                        deeper.patchSize(),
                        deeper.hiddenSize(),
                        deeper.depth() - 1,
                        deeper.scan(),
                        deeper.mixer(),
                        deeper.positions(),
                        deeper.norm(),
                        deeper.normEpsilon(),
                        deeper.dropPath(),
                        deeper.conditioning());
        long[] patches = {
            deeper.hiddenSize(), deeper.sample().channels(), deeper.patchSize(), deeper.patchSize()
        };
        long[] wanted = {
            deeper.hiddenSize(),
            deeper.sample().channels() + 1,
            deeper.patchSize(),
            deeper.patchSize()
        };
        try (TorchCheckpoint checkpoint = TorchCheckpoint.open(file)) {
            assertThatThrownBy(
                            () ->
                                    checkpoint.convert(
                                            Optional.of(TorchWeights.EMA),
                                            TinyCheckpoints.config(asked),
                                            place))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContainingAll(
                            file.toString(),
                            "x_embedder.proj.weight has shape %s, the model's has %s"
                                    .formatted(
                                            java.util.Arrays.toString(patches),
                                            java.util.Arrays.toString(wanted)),
                            "final_layer.linear.weight has shape",
                            "final_layer.linear.bias has shape",
                            "'blocks.%s.mixer.A_log' of shape".formatted(deeper.depth() - 1))
                    .hasMessageNotContaining("\n");
        }
        assertThat(place).doesNotExist();
    }

    @Test
    void weightsThatAreNoTensorsAreRefusedByName() throws IOException {
        Path wrong =
                new TinyTorchFiles()
                        .weights("ema", "", SHAPE, 1)
                        .in("ema", "norm_f.weight", new PickleBytes.Global("a.b", "C"))
                        .write(folder.resolve("b.pt"));
        try (TorchCheckpoint checkpoint = TorchCheckpoint.open(wrong);
                NDManager manager = NDManager.newBaseManager()) {
            ModelWeights weights = checkpoint.weights(Optional.empty(), SHAPE);
            assertThatThrownBy(() -> weights.read(manager))
                    .hasMessageContainingAll(
                            wrong.toString(),
                            "'norm_f.weight' is no tensor but",
                            "nothing was run");
        }
    }

    @Test
    void aFileWithoutTheWeightsIsRefusedWithItsEntries() throws IOException {
        Path file =
                new TinyTorchFiles()
                        .with("state", Map.of())
                        .with("epoch", 3)
                        .write(folder.resolve("a.pt"));
        try (TorchCheckpoint checkpoint = TorchCheckpoint.open(file)) {
            assertThatThrownBy(() -> checkpoint.weights(Optional.empty(), SHAPE))
                    .hasMessageContainingAll(
                            "no tensor with the name of one of the model's",
                            "'state' (a dictionary), 'epoch' (a number)");
        }
    }

    @Test
    void weightsThatRepeatAFewBytesAreRefusedBeforeTheyAreRead() throws IOException {
        Saved bomb = new Saved("FloatStorage", "0", 1, 0, List.of(1L << 30), List.of(0L));
        String name = "norm_f.weight";
        Path file =
                TorchBytes.zip(
                        folder.resolve("a.pt"),
                        PickleBytes.of(Map.of("ema", Map.of(name, bomb))),
                        Map.of("0", TorchBytes.floats(1)));
        try (TorchCheckpoint checkpoint = TorchCheckpoint.open(file)) {
            assertThatThrownBy(() -> checkpoint.weights(Optional.empty(), SHAPE))
                    .isInstanceOf(TorchException.class)
                    .hasMessageContaining("more numbers than the file has bytes");
        }
    }

    @Test
    void aWeightThatIsNoNumberIsRefusedByItsName() throws IOException {
        Path file =
                new TinyTorchFiles()
                        .weights("ema", "", SHAPE, 1)
                        .spoilt()
                        .write(folder.resolve("a.pt"));
        Path place = folder.resolve("made");
        String first = new ZigMa(SHAPE).namedParameters().keySet().iterator().next();
        try (TorchCheckpoint checkpoint = TorchCheckpoint.open(file)) {
            assertThatThrownBy(
                            () ->
                                    checkpoint.convert(
                                            Optional.of(TorchWeights.EMA),
                                            TinyCheckpoints.config(SHAPE),
                                            place))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("tensor " + first + " holds NaN as its element 0");
        }
        assertThat(place).doesNotExist();
    }

    @Test
    void aFolderThatHoldsSomethingIsLeftAlone() throws IOException {
        Path file = new TinyTorchFiles().weights("ema", "", SHAPE, 1).write(folder.resolve("a.pt"));
        Path place = Files.createDirectory(folder.resolve("made"));
        Path other = Files.writeString(place.resolve("other.txt"), "mine");
        try (TorchCheckpoint checkpoint = TorchCheckpoint.open(file)) {
            assertThatThrownBy(
                            () ->
                                    checkpoint.convert(
                                            Optional.of(TorchWeights.EMA),
                                            TinyCheckpoints.config(SHAPE),
                                            place))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("is not empty");
        }
        try (var left = Files.list(place)) {
            assertThat(left).containsExactly(other);
        }
    }

    @Test
    void somethingElseThanADictionaryIsNoCheckpoint() throws IOException {
        Path file = TorchBytes.zip(folder.resolve("a.pt"), PickleBytes.of(List.of(1)), Map.of());
        assertThatThrownBy(() -> TorchCheckpoint.open(file))
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("holds no dictionary");
    }
}
