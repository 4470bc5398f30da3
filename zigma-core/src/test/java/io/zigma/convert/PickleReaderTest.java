package io.zigma.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zigma.convert.PickleBytes.Saved;
import io.zigma.convert.PickleValue.Bool;
import io.zigma.convert.PickleValue.Dictionary;
import io.zigma.convert.PickleValue.Instance;
import io.zigma.convert.PickleValue.Int;
import io.zigma.convert.PickleValue.Items;
import io.zigma.convert.PickleValue.None;
import io.zigma.convert.PickleValue.Real;
import io.zigma.convert.PickleValue.Text;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PickleReaderTest {

    @Test
    void valuesKeepTheirKind() throws IOException {
        Items list =
                (Items)
                        read(
                                PickleBytes.of(
                                        Arrays.asList("é", -3, 1L << 40, 2.5, true, false, null)));
        assertThat(list.items())
                .containsExactly(
                        new Text("é"),
                        Int.of(-3),
                        Int.of(1L << 40),
                        new Real(2.5),
                        new Bool(true),
                        new Bool(false),
                        None.NONE);
    }

    @ParameterizedTest(name = "{0} little-endian bytes are {1}")
    @CsvSource({
        "'', 0",
        "00, 0",
        "ff, -1",
        "ff00, 255",
        "0080, -32768",
        "6cfc9c46f9206aa85019, 119547037146038801333356"
    })
    void longIntegersAreTwosComplement(String hex, BigInteger expected) throws IOException {
        byte[] bytes = java.util.HexFormat.of().parseHex(hex);
        PickleBytes pickle = new PickleBytes().op(0x80, 2, 0x8a, bytes.length);
        for (byte b : bytes) {
            pickle.op(b);
        }
        assertThat(read(pickle.op('.').bytes())).isEqualTo(new Int(expected));
    }

    @Test
    void theNewestProtocolIsReadToo() throws IOException {
        // PROTO 4, FRAME, SHORT_BINUNICODE, MEMOIZE, STACK_GLOBAL, EMPTY_TUPLE, REDUCE
        byte[] pickle =
                new PickleBytes()
                        .op(0x80, 4, 0x95, 30, 0, 0, 0, 0, 0, 0, 0)
                        .op(0x8c, 11)
                        .ascii("collections")
                        .op(0x94, 0x8c, 11)
                        .ascii("OrderedDict")
                        .op(0x94, 0x93, 0x94, ')', 'R', '.')
                        .bytes();
        assertThat(read(pickle)).isInstanceOf(Dictionary.class);
    }

    @Test
    void anAllowedObjectIsItsFieldsAndMayHoldItself() throws IOException {
        byte[] pickle =
                new PickleBytes()
                        .op(0x80, 2)
                        .global("omegaconf.nodes", "AnyNode")
                        .op(')', 0x81, 'q', 0, '}', '(')
                        .value("_val")
                        .value(7)
                        .value("_parent")
                        .op('h', 0, 'u', 'b', '.')
                        .bytes();
        Instance node = (Instance) read(pickle);
        assertThat(node.fields().get("_val")).contains(Int.of(7));
        assertThat(node.fields().get("_parent")).containsSame(node);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "posix system",
                "os system",
                "builtins eval",
                "__builtin__ exec",
                "builtins getattr",
                "torch load",
                "torch._utils _rebuild_sparse_tensor",
                "collections namedtuple",
                "functools reduce",
                "operator attrgetter",
                "subprocess Popen",
                "nt system",
                "importlib import_module",
                "numpy load",
                "numpy.testing._private.utils runstring",
                "torch.hub load",
                "_io open",
                "pip main",
                "copyreg _reconstructor",
                "torch FloatStorage.evil"
            })
    void anyOtherGlobalIsRefusedByItsName(String global) {
        String[] parts = global.split(" ");
        byte[] pickle = new PickleBytes().op(0x80, 2).global(parts[0], parts[1]).op('.').bytes();
        assertRefused(pickle, "offset 2", "refers to '" + global + "'");
    }

    static Stream<byte[]> nonsense() {
        return Stream.of(
                        new PickleBytes().op(0x80, 2, '.'),
                        new PickleBytes().op(0x80, 2, 'N', 'N', '.'),
                        new PickleBytes().op(0x80, 2, '(', 'N', '.'),
                        new PickleBytes().op(0x80, 2, 'N', 't', '.'),
                        new PickleBytes().op(0x80, 2, 'N', 'N', 'a', '.'),
                        new PickleBytes().op(0x80, 2, ')', 'N', 'a', '.'),
                        new PickleBytes().op(0x80, 2, '}', '(', 'N', 'u', '.'),
                        new PickleBytes().op(0x80, 2, '0', '.'),
                        new PickleBytes().op(0x80, 2, '2', '.'),
                        new PickleBytes().op(0x80, 2, 'N', '(', 0x90, '.'),
                        new PickleBytes().op(0x80, 2, ')', 'N', 0x92, '.'),
                        new PickleBytes().op(0x80, 2, 0x8b, 0xff, 0xff, 0xff, 0xff, '.'),
                        new PickleBytes().op(0x80, 2, 'T', 0xff, 0xff, 0xff, 0xff, '.'),
                        new PickleBytes().op(0x80, 2, 'B', 0xff, 0xff, 0xff, 0xff, '.'),
                        new PickleBytes().op(0x80, 2).global("_codecs", "encode").op(')', 'R', '.'),
                        new PickleBytes().op(0x80, 2, 'h', 9, '.'),
                        new PickleBytes().op(0x80, 2, 'N', ')', 'R', '.'),
                        new PickleBytes().op(0x80, 2, 'N', ')', 0x81, '.'),
                        new PickleBytes().op(0x80, 2, 'N', '}', 'b', '.'),
                        new PickleBytes().op(0x80, 2, 'N', 'Q', '.'),
                        new PickleBytes().op(0x80, 2, 'X', 0xff, 0xff, 0xff, 0xff, '.'),
                        new PickleBytes().op(0x80, 2, 'X', 1, 0, 0, 0, 0xff, '.'),
                        new PickleBytes().op(0x80, 9, 'N', '.'),
                        new PickleBytes().op(0x80, 2, 'i', '.'),
                        new PickleBytes().op('<', 'h', 't', 'm', 'l', '>'),
                        new PickleBytes()
                                .op(0x80, 2)
                                .global("collections", "OrderedDict")
                                .op('N', 'R', '.'),
                        new PickleBytes().op(0x80, 2).global("typing", "Any").op(')', 'R', '.'),
                        new PickleBytes()
                                .op(0x80, 2)
                                .global("omegaconf.base", "Metadata")
                                .op(')', 'R', '.'))
                .map(PickleBytes::bytes);
    }

    @ParameterizedTest
    @MethodSource("nonsense")
    void whatPyTorchNeverWritesIsRefusedWithItsOffset(byte[] pickle) {
        assertRefused(pickle, "offset ");
    }

    static Stream<Saved> impossibleTensors() {
        return Stream.of(
                new Saved("FloatStorage", "0", 6, 1, List.of(2L, 3L), List.of(3L, 1L)),
                new Saved("FloatStorage", "0", 6, 0, List.of(2L, 3L), List.of(4L, 1L)),
                new Saved("FloatStorage", "0", 6, -1, List.of(2L), List.of(1L)),
                new Saved("FloatStorage", "0", 6, 0, List.of(-2L), List.of(1L)),
                new Saved("FloatStorage", "0", 6, 0, List.of(2L), List.of(-1L)),
                new Saved("FloatStorage", "0", 6, 0, List.of(2L), List.of()),
                new Saved("FloatStorage", "0", -1, 0, List.of(), List.of()),
                new Saved("FloatStorage", "0", Long.MAX_VALUE, 0, List.of(), List.of()),
                new Saved(
                        "FloatStorage",
                        "0",
                        6,
                        0,
                        List.of(1L << 40, 1L << 40),
                        List.of(1L << 40, 1L)),
                new Saved("FloatStorage", "0", 6, Long.MAX_VALUE, List.of(2L), List.of(1L)));
    }

    @ParameterizedTest
    @MethodSource("impossibleTensors")
    void aTensorThatLeavesItsStorageIsRefused(Saved tensor) {
        assertRefused(PickleBytes.of(tensor), "offset ");
    }

    @Test
    void oneStorageHasOneSize() {
        byte[] pickle = PickleBytes.of(List.of(Saved.floats("0", 2), Saved.floats("0", 3)));
        assertRefused(pickle, "storage '0' is described in two ways");
    }

    @Test
    void aBombOfTinyOpcodesEnds() {
        byte[] pickle = new byte[3_000_000];
        Arrays.fill(pickle, (byte) '}');
        assertRefused(pickle, "opcodes; no checkpoint needs so many");
    }

    private static PickleValue read(byte[] pickle) throws IOException {
        return new PickleReader(
                        new PickleInput("file", new ByteArrayInputStream(pickle), pickle.length))
                .read();
    }

    private static void assertRefused(byte[] pickle, String... words) {
        assertThatThrownBy(() -> read(pickle))
                .isInstanceOf(TorchException.class)
                .hasMessageStartingWith("file, ")
                .hasMessageContainingAll(words)
                .hasMessageNotContaining("\n");
    }
}
