package io.zigma.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.backbone.zigma.ZigMa;
import io.zigma.checkpoint.TinyCheckpoints;
import io.zigma.io.CheckpointException;
import io.zigma.io.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDictTest {

    @TempDir Path folder;

    @Test
    void feedsANetworkFromATorchFile() throws IOException {
        Path file = folder.resolve("network.pth");
        new TinyTorchFiles().weights("", "", TinyModels.CONDITIONAL, 7).write(file);

        requireFedFrom(file);
    }

    @Test
    void feedsANetworkFromASafetensorsFile() throws IOException {
        Path file = folder.resolve("network.any");
        try (NDManager manager = NDManager.newBaseManager()) {
            SafetensorsWriter writer = new SafetensorsWriter();
            TinyCheckpoints.model(TinyModels.CONDITIONAL, 7, manager)
                    .namedParameters()
                    .forEach((name, parameter) -> writer.array(name, parameter.getArray()));
            writer.write(file);
        }

        requireFedFrom(file);
    }

    private static void requireFedFrom(Path file) throws IOException {
        try (NDManager manager = NDManager.newBaseManager();
                StateDict weights = StateDict.open(file)) {
            Map<String, Parameter> expected =
                    TinyCheckpoints.model(TinyModels.CONDITIONAL, 7, manager).namedParameters();
            ZigMa model = new ZigMa(TinyModels.CONDITIONAL);

            weights.feed("a tiny model", model.namedParameters(), name -> false);
            model.initialize(manager);

            assertThat(weights.names()).containsExactlyInAnyOrderElementsOf(expected.keySet());
            model.namedParameters()
                    .forEach(
                            (name, parameter) -> {
                                NDArray array = parameter.getArray();
                                assertThat(array.toFloatArray())
                                        .as(name)
                                        .containsExactly(
                                                expected.get(name).getArray().toFloatArray());
                            });
        }
    }

    @Test
    void tensorsOfAnotherNetworkAreNamed() throws IOException {
        Path file = folder.resolve("other.safetensors");
        new SafetensorsWriter()
                .floats("norm_f.weight", new long[] {1}, new float[] {1})
                .floats("extra", new long[] {1}, new float[] {1})
                .write(file);
        Map<String, Parameter> parameters = new ZigMa(TinyModels.CONDITIONAL).namedParameters();
        try (StateDict weights = StateDict.open(file)) {
            assertThatThrownBy(() -> weights.feed("a tiny model", parameters, name -> false))
                    .isInstanceOf(CheckpointException.class)
                    .message()
                    .contains(file.toString(), "does not hold a tiny model", "is missing")
                    .hasLineCount(1);
            assertThatThrownBy(() -> weights.shape("nothing"))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("no tensor nothing");
        }
    }

    @Test
    void whatIsNeitherKindIsRefusedWithItsName() throws IOException {
        Path file = Files.writeString(folder.resolve("notes.txt"), "not weights");

        assertThatThrownBy(() -> StateDict.open(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("notes.txt");
        assertThatThrownBy(() -> StateDict.open(folder.resolve("none")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("no such file");
    }
}
