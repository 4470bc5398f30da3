package io.zigma.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.checkpoint.TinyCheckpoints;
import io.zigma.convert.PickleBytes.Call;
import io.zigma.convert.PickleBytes.Filled;
import io.zigma.convert.PickleBytes.Global;
import io.zigma.convert.PickleBytes.New;
import io.zigma.convert.PickleBytes.Tuple;
import io.zigma.convert.PickleValue.Bool;
import io.zigma.convert.PickleValue.Dictionary;
import io.zigma.convert.PickleValue.Int;
import io.zigma.convert.PickleValue.Real;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What programs save beside the weights does not decide over them, and none of it is made. */
class HarmlessExtrasTest {

    private static final ZigMaConfig SHAPE = TinyModels.UNCONDITIONAL;

    @TempDir Path folder;

    static Stream<Arguments> extras() {
        Map<String, Object> extras = new LinkedHashMap<>();
        extras.put("device", new Call("torch", "device", List.of("cuda", 0)));
        extras.put("dtype", new Global("torch", "bfloat16"));
        extras.put("dtypes", List.of(new Global("torch", "float32"), new Global("torch", "int64")));
        extras.put("size", new Call("torch", "Size", List.of(new Tuple(List.of(1, 2)))));
        extras.put("layout", new Call("torch.serialization", "_get_layout", List.of("strided")));
        extras.put("set", new Call("__builtin__", "set", List.of(List.of(1, 2))));
        extras.put("frozenset", new Call("__builtin__", "frozenset", List.of(List.of(1))));
        extras.put("complex", new Call("__builtin__", "complex", List.of(1.0, 2.0)));
        extras.put("slice", new Call("__builtin__", "slice", Arrays.asList(1, 2, null)));
        extras.put("range", new Call("__builtin__", "xrange", List.of(1, 2, 3)));
        extras.put("bytes", new byte[] {1, (byte) 200});
        extras.put("bytearray", new Call("__builtin__", "bytearray", List.of(new byte[] {1})));
        extras.put("float64", scalar("numpy.core.multiarray", "f8", new byte[8]));
        extras.put("float32 of NumPy 2", scalar("numpy._core.multiarray", "f4", new byte[4]));
        extras.put("a text of NumPy", scalar("numpy._core.multiarray", "U2", new byte[8]));
        extras.put("array", array("numpy.core.multiarray"));
        extras.put("array of NumPy 2", array("numpy._core.multiarray"));
        extras.put(
                "generator",
                new Filled(
                        new Call("numpy.random._pickle", "__randomstate_ctor", List.of("MT19937")),
                        Map.of("pos", 3),
                        Map.of(),
                        List.of()));
        extras.put("path", new Call("pathlib", "PosixPath", List.of("/", "data", "runs")));
        extras.put("path of 3.13", new Call("pathlib._local", "PosixPath", List.of("data")));
        extras.put("windows path", new Call("pathlib", "WindowsPath", List.of("C:\\", "data")));
        extras.put("datetime", new Call("datetime", "datetime", List.of(new byte[10])));
        extras.put("date", new Call("datetime", "date", List.of(new byte[4])));
        extras.put("timedelta", new Call("datetime", "timedelta", List.of(1, 2, 3)));
        extras.put(
                "timezone",
                new Call(
                        "datetime",
                        "timezone",
                        List.of(new Call("datetime", "timedelta", List.of(0, 0, 0)))));
        extras.put("decimal", new Call("decimal", "Decimal", List.of("0.1")));
        extras.put("fraction", new Call("fractions", "Fraction", List.of("1/3")));
        extras.put("uuid", new New("uuid", "UUID", Map.of("int", 7)));
        extras.put("pattern", new Call("re", "_compile", List.of("a+", 32)));
        extras.put("ordered", new Call("collections", "OrderedDict", List.of()));
        extras.put(
                "ordered as Python 2 has it",
                new Call("collections", "OrderedDict", List.of(List.of(List.of("a", 1)))));
        extras.put(
                "default dictionary",
                new Filled(
                        new Call(
                                "collections",
                                "defaultdict",
                                List.of(new Global("__builtin__", "list"))),
                        null,
                        Map.of("a", List.of(1)),
                        List.of()));
        extras.put("counter", new Call("collections", "Counter", List.of(Map.of("a", 3))));
        extras.put(
                "deque",
                new Filled(
                        new Call("collections", "deque", Arrays.asList(List.of(), 5)),
                        null,
                        Map.of(),
                        List.of(1.5, 2.5)));
        extras.put("namespace", new New("argparse", "Namespace", Map.of("lr", 1e-4)));
        extras.put("simple namespace", new Call("types", "SimpleNamespace", List.of()));
        extras.put("type", new Global("typing", "Optional"));
        extras.put("keys that are no texts", Map.of(new Tuple(List.of(1, 2)), "x", 3, "y"));
        extras.put("everything at once", List.copyOf(extras.values()));
        return extras.entrySet().stream()
                .map(extra -> Arguments.of(extra.getKey(), extra.getValue()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("extras")
    void whatIsKnownToBeHarmlessIsPassedOverWithoutAWord(String name, Object extra)
            throws IOException {
        assertThat(name).isNotBlank();
        assertImported(extra, List.of());
    }

    static Stream<Arguments> foreign() {
        return Stream.of(
                Arguments.of(
                        new New("__main__", "Config", Map.of("lr", 1e-4)),
                        List.of("__main__ Config")),
                Arguments.of(
                        new Call("mine.modes", "Mode", List.of("fast")),
                        List.of("mine.modes Mode")),
                Arguments.of(
                        new Filled(
                                new Call("easydict", "EasyDict", List.of()),
                                Map.of("a", 1),
                                Map.of("a", 1),
                                List.of()),
                        List.of("easydict EasyDict")),
                Arguments.of(
                        Map.of(
                                new Global(
                                        "pytorch_lightning.callbacks.model_checkpoint",
                                        "ModelCheckpoint"),
                                Map.of("best", 0.1)),
                        List.of("pytorch_lightning.callbacks.model_checkpoint ModelCheckpoint")),
                Arguments.of(
                        new Call(
                                "functools",
                                "partial",
                                List.of(new Global("torch.optim.adamw", "AdamW"))),
                        List.of("torch.optim.adamw AdamW")));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("foreign")
    void whatIsUnknownIsPassedOverToo(Object extra, List<String> names) throws IOException {
        assertImported(extra, names);
    }

    static Stream<Object> attacks() {
        return Stream.of(
                new Call("posix", "system", List.of("true")),
                new Call("os", "system", List.of("true")),
                new Call("__builtin__", "eval", List.of("1")),
                new Call("__builtin__", "__import__", List.of("os")),
                new Call("__builtin__", "getattr", List.of("a", "b")),
                new Call("subprocess", "Popen", List.of(List.of("true"))),
                new Call("runpy", "_run_code", List.of("1")),
                new Call("torch", "load", List.of("x")),
                new Call("torch.storage", "_load_from_bytes", List.of(new byte[1])),
                new Call("numpy", "load", List.of("x")),
                new Call("_pickle", "loads", List.of(new byte[1])),
                new New("subprocess", "Popen", Map.of()),
                new Global("webbrowser", "open"));
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void whatNoCheckpointNeedsIsRefusedWhereverItIs(Object attack) {
        for (String key : List.of("args", "epoch")) {
            assertThatThrownBy(
                            () ->
                                    TorchCheckpoint.open(
                                            new TinyTorchFiles()
                                                    .weights("model", "", SHAPE, 1)
                                                    .with(key, attack)
                                                    .write(folder.resolve("a.pt"))))
                    .isInstanceOf(TorchException.class)
                    .hasMessageContainingAll("which no checkpoint needs", "nothing was run")
                    .hasMessageNotContaining("\n");
        }
    }

    @Test
    void anArgumentThatIsNotReadIsRefusedWhereItWouldSayWhatTheModelIs() throws IOException {
        Path file =
                new TinyTorchFiles()
                        .weights("model", "", SHAPE, 1)
                        .with(
                                "args",
                                Map.of(
                                        "model",
                                        Map.of(
                                                "params",
                                                Map.of("img_dim", new New("mine", "Three", null)))))
                        .write(folder.resolve("a.pt"));
        try (TorchCheckpoint checkpoint = TorchCheckpoint.open(file)) {
            assertThatThrownBy(checkpoint::model)
                    .isInstanceOf(TorchException.class)
                    .hasMessageContainingAll("'mine Three', which is not read");
        }
    }

    @Test
    void numbersOfNumpyAreNumbers() throws IOException {
        ByteBuffer eight = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        Map<String, Object> saved = new LinkedHashMap<>();
        saved.put(
                "f8",
                scalar("numpy.core.multiarray", "f8", eight.putDouble(0, 2.5).array().clone()));
        saved.put(
                "i8", scalar("numpy.core.multiarray", "i8", eight.putLong(0, -7).array().clone()));
        saved.put("u2", scalar("numpy.core.multiarray", "u2", new byte[] {-1, -1}));
        saved.put("b1", scalar("numpy.core.multiarray", "b1", new byte[] {1}));
        saved.put(
                ">i2",
                new Call(
                        "numpy.core.multiarray",
                        "scalar",
                        List.of(type("i2", ">"), new byte[] {1, 0})));
        Path file = TorchBytes.zip(folder.resolve("a.pt"), PickleBytes.of(saved), Map.of());
        try (TorchFile torch = TorchFile.open(file)) {
            Dictionary root = (Dictionary) torch.root();
            assertThat(root.get("f8")).contains(new Real(2.5));
            assertThat(root.get("i8")).contains(Int.of(-7));
            assertThat(root.get("u2")).contains(Int.of(65535));
            assertThat(root.get("b1")).contains(new Bool(true));
            assertThat(root.get(">i2")).contains(Int.of(256));
        }
    }

    @Test
    void parametersWithAttributesOfTheirOwnAreTensors() throws IOException {
        PickleBytes.Saved tensor = PickleBytes.Saved.floats("0", 2);
        Map<String, Object> saved = new LinkedHashMap<>();
        saved.put(
                "w",
                new Call(
                        "torch._utils",
                        "_rebuild_parameter_with_state",
                        List.of(
                                tensor,
                                true,
                                new Call("collections", "OrderedDict", List.of()),
                                Map.of("_no_weight_decay", true))));
        Path file =
                TorchBytes.zip(
                        folder.resolve("a.pt"),
                        PickleBytes.of(saved),
                        Map.of("0", TorchBytes.floats(1, 2)));
        try (TorchFile torch = TorchFile.open(file)) {
            TorchTensor found = (TorchTensor) ((Dictionary) torch.root()).get("w").orElseThrow();
            assertThat(torch.floats("w", found)).containsExactly(1, 2);
        }
    }

    private static Filled type(String code, String order) {
        return new Filled(
                new Call("numpy", "dtype", List.of(code, false, true)),
                new Tuple(Arrays.asList(3, order, null, null, null, -1, -1, 0)),
                Map.of(),
                List.of());
    }

    private static Call scalar(String module, String code, byte[] bytes) {
        return new Call(module, "scalar", List.of(type(code, "<"), bytes));
    }

    private static Filled array(String module) {
        return new Filled(
                new Call(
                        module,
                        "_reconstruct",
                        List.of(
                                new Global("numpy", "ndarray"),
                                new Tuple(List.of(0)),
                                new byte[] {'b'})),
                new Tuple(List.of(1, new Tuple(List.of(2)), type("f8", "<"), false, new byte[16])),
                Map.of(),
                List.of());
    }

    private void assertImported(Object extra, List<String> passedOver) throws IOException {
        Path file =
                new TinyTorchFiles()
                        .with("first", extra)
                        .weights("model", "", SHAPE, 1)
                        .weights("ema", "", SHAPE, 2)
                        .with("hyper_parameters", Map.of("what", extra))
                        .write(folder.resolve("a.pt"));
        try (TorchCheckpoint checkpoint = TorchCheckpoint.open(file);
                NDManager manager = NDManager.newBaseManager()) {
            assertThat(checkpoint.passedOver()).containsExactlyElementsOf(passedOver);
            Map<String, ai.djl.ndarray.NDArray> found =
                    checkpoint.weights(Optional.empty(), SHAPE).read(manager);
            TinyCheckpoints.model(SHAPE, 2, manager)
                    .namedParameters()
                    .forEach(
                            (name, parameter) ->
                                    assertThat(found.get(name).toFloatArray())
                                            .as(name)
                                            .isEqualTo(parameter.getArray().toFloatArray()));
        }
    }
}
