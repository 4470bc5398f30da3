package io.zigma.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.backbone.zigma.ZigMa;
import io.zigma.checkpoint.TinyCheckpoints;
import io.zigma.convert.PickleBytes.Call;
import io.zigma.convert.PickleBytes.New;
import io.zigma.convert.PickleBytes.Saved;
import io.zigma.io.CheckpointException;
import io.zigma.io.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
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
    void readsTheTensorsOfATorchScriptProgramAndRunsNothing() throws IOException {
        Map<String, Object> convolution = new LinkedHashMap<>();
        convolution.put("weight", Saved.floats("0", 2, 3));
        convolution.put("training", false);
        convolution.put(
                "padding", new Call("torch.jit._pickle", "build_intlist", List.of(List.of(1, 2))));
        New inner =
                new New("__torch__.torch.nn.modules.conv.___torch_mangle_0", "Conv3d", convolution);
        Map<String, Object> sequence = new LinkedHashMap<>();
        sequence.put("0", new New("__torch__.net", "Pool", Map.of()));
        sequence.put("1", inner);
        Map<String, Object> net = new LinkedHashMap<>();
        net.put("branch", new New("__torch__.torch.nn.modules.container", "Sequential", sequence));
        net.put("bias", Saved.floats("1", 2));
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("net/data.pkl", PickleBytes.of(new New("__torch__", "Net", net)));
        entries.put("net/data/0", TorchBytes.floats(1, 2, 3, 4, 5, 6));
        entries.put("net/data/1", TorchBytes.floats(7, 8));
        entries.put("net/constants.pkl", PickleBytes.of(List.of()));
        entries.put("net/code/__torch__.py", new byte[] {'!'});
        Path file = TorchBytes.archive(folder.resolve("net.pt"), entries);

        try (StateDict weights = StateDict.open(file)) {
            assertThat(weights.names()).containsExactly("branch.1.weight", "bias");
            assertThat(weights.shape("branch.1.weight")).containsExactly(2, 3);
        }
        try (TorchCheckpoint program = TorchCheckpoint.open(file)) {
            Map<String, TorchTensor> tensors = program.tensors();
            assertThat(program.floats("w", tensors.get("branch.1.weight")))
                    .containsExactly(1, 2, 3, 4, 5, 6);
            assertThat(program.passedOver()).isEmpty();
        }
    }

    @Test
    void aTorchScriptProgramInItselfHasAnEnd() throws IOException {
        // the memo's first entry is the module, which its own attribute refers to
        PickleBytes pickle = new PickleBytes().op(0x80, 2).global("__torch__", "Net");
        pickle.op(')', 0x81, 'q', 0, '}', '(').value("self").op('h', 0).value("w");
        pickle.value(Saved.floats("0", 1)).op('u', 'b', '.');
        Path file =
                TorchBytes.zip(
                        folder.resolve("loop.pt"),
                        pickle.bytes(),
                        Map.of("0", TorchBytes.floats(1)));
        try (StateDict weights = StateDict.open(file)) {
            assertThat(weights.names()).containsExactly("w");
        }
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
