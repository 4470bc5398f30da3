package io.zigma.text.minilm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zigma.io.CheckpointException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Reads models that are written here, field by field as onnx.proto has them. */
class OnnxWeightsTest {

    @Test
    void floatsKeepTheirNamesAndDenseMatricesAreTurned() throws IOException {
        byte[] model =
                model(
                        join(
                                field(5, tensor("norm.bias", 1, new long[] {2}, 9, floats(1, 2))),
                                field(
                                        5,
                                        tensor(
                                                "onnx::MatMul_7",
                                                1,
                                                new long[] {2, 3},
                                                4,
                                                floats(1, 2, 3, 4, 5, 6))),
                                field(1, node("/a/dense/MatMul", "x", "onnx::MatMul_7"))));
        OnnxWeights weights = OnnxWeights.of("m.onnx", model);
        assertThat(weights.shapes().keySet())
                .containsExactlyInAnyOrder("norm.bias", "a.dense.weight");
        assertThat(weights.values("norm.bias")).containsExactly(1, 2);
        assertThat(weights.shapes().get("a.dense.weight")).containsExactly(3, 2);
        assertThat(weights.values("a.dense.weight")).containsExactly(1, 4, 2, 5, 3, 6);
    }

    @Test
    void quantisedTensorsAreWidenedWithAScaleForAllOrForEachColumn() throws IOException {
        byte[] model =
                model(
                        join(
                                field(
                                        5,
                                        tensor(
                                                "table.weight_quantized",
                                                2,
                                                new long[] {2, 2},
                                                9,
                                                new byte[] {0, (byte) 200, 100, (byte) 255})),
                                field(
                                        5,
                                        tensor(
                                                "table.weight_scale",
                                                1,
                                                new long[] {},
                                                4,
                                                floats(0.5f))),
                                field(
                                        5,
                                        tensor(
                                                "table.weight_zero_point",
                                                2,
                                                new long[] {},
                                                5,
                                                varint(100))),
                                field(
                                        5,
                                        tensor(
                                                "M_quantized",
                                                3,
                                                new long[] {1, 2},
                                                9,
                                                new byte[] {-3, 5})),
                                field(5, tensor("M_scale", 1, new long[] {2}, 9, floats(2, 10))),
                                field(
                                        5,
                                        tensor(
                                                "M_zero_point",
                                                3,
                                                new long[] {2},
                                                5,
                                                join(varint(-1), varint(0)))),
                                field(1, node("/a/dense/MatMul_quant", "x", "M_quantized"))));
        OnnxWeights weights = OnnxWeights.of("m.onnx", model);
        assertThat(weights.shapes().keySet())
                .containsExactlyInAnyOrder("table.weight", "a.dense.weight");
        assertThat(weights.values("table.weight")).containsExactly(-50, 50, 0, 77.5f);
        assertThat(weights.values("a.dense.weight")).containsExactly(-4, 50);
    }

    @Test
    void aFileThatIsCutAnywhereIsRefusedInOneLine() throws IOException {
        byte[] model = model(field(5, tensor("norm.bias", 1, new long[] {2}, 9, floats(1, 2))));
        for (int length = 0; length < model.length; length++) {
            byte[] part = Arrays.copyOf(model, length);
            assertThatThrownBy(() -> OnnxWeights.of("m.onnx", part))
                    .as(length + " bytes")
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("m.onnx")
                    .message()
                    .doesNotContain("\n");
        }
    }

    @Test
    void anyOtherBytesGiveWeightsOrARefusalAndNothingElse() throws IOException {
        byte[] model =
                model(
                        join(
                                field(5, tensor("norm.bias", 1, new long[] {2}, 9, floats(1, 2))),
                                field(1, node("/a/dense/MatMul", "x", "norm.bias"))));
        Random random = new Random(9);
        for (int i = 0; i < 20_000; i++) {
            byte[] spoilt = model.clone();
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                spoilt[random.nextInt(spoilt.length)] = (byte) random.nextInt(256);
            }
            try {
                OnnxWeights weights = OnnxWeights.of("m.onnx", spoilt);
                for (String name : weights.shapes().keySet()) {
                    weights.values(name);
                }
            } catch (CheckpointException e) {
                assertThat(e.getMessage()).doesNotContain("\n");
            }
        }
    }

    @Test
    void aTensorThatIsNotThereOrOfAnotherTypeIsNamed() throws IOException {
        OnnxWeights weights =
                OnnxWeights.of(
                        "m.onnx",
                        model(field(5, tensor("ids", 7, new long[] {1}, 9, new byte[8]))));
        assertThatThrownBy(() -> weights.values("nothing"))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("m.onnx holds no tensor nothing");
        assertThatThrownBy(() -> weights.values("ids"))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("tensor ids has elements of type 7");
    }

    private static byte[] model(byte[] graph) {
        return join(varint(1 << 3), varint(6), field(2, text("pytorch")), field(7, graph));
    }

    private static byte[] node(String name, String... inputs) {
        byte[] all = new byte[0];
        for (String input : inputs) {
            all = join(all, field(1, text(input)));
        }
        return join(all, field(3, text(name)), field(4, text("MatMul")));
    }

    private static byte[] tensor(String name, int type, long[] sides, int place, byte[] content) {
        byte[] all = new byte[0];
        for (long side : sides) {
            all = join(all, varint(1 << 3), varint(side));
        }
        return join(all, varint(2 << 3), varint(type), field(8, text(name)), field(place, content));
    }

    private static byte[] field(int number, byte[] content) {
        return join(varint((long) number << 3 | 2), varint(content.length), content);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] floats(float... values) {
        ByteBuffer bytes =
                ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    private static byte[] varint(long value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        long rest = value;
        do {
            long part = rest & 0x7f;
            rest >>>= 7;
            bytes.write((int) (rest == 0 ? part : part | 0x80));
        } while (rest != 0);
        return bytes.toByteArray();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
