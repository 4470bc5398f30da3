package io.zigma.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsRoundTripTest {

    @TempDir Path folder;

    @Property(tries = 100)
    void whatIsWrittenIsReadBackBitForBit(
            @ForAll float[] floats,
            @ForAll double[] doubles,
            @ForAll long[] longs,
            @ForAll byte[] bytes,
            @ForAll String floatName,
            @ForAll @Size(max = 4) Map<String, String> metadata)
            throws IOException {
        String name = wellFormed(floatName);
        Path file = Files.createTempFile("round", ".safetensors");
        try {
            SafetensorsWriter writer =
                    new SafetensorsWriter()
                            .floats("f." + name, new long[] {floats.length}, floats)
                            .doubles("d." + name, new long[] {doubles.length}, doubles)
                            .longs("l." + name, new long[] {1, longs.length}, longs)
                            .bytes("b." + name, new long[] {bytes.length}, bytes);
            metadata.forEach((key, value) -> writer.metadata("k" + wellFormed(key), "v"));
            writer.write(file);
            try (SafetensorsFile read = SafetensorsFile.open(file)) {
                assertThat(read.names())
                        .containsExactly("f." + name, "d." + name, "l." + name, "b." + name);
                assertThat(read.floats("f." + name)).isEqualTo(floats);
                assertThat(read.doubles("d." + name)).isEqualTo(doubles);
                assertThat(read.longs("l." + name)).isEqualTo(longs);
                assertThat(read.bytes("b." + name)).isEqualTo(bytes);
                assertThat(read.shape("l." + name)).containsExactly(1, longs.length);
                assertThat(read.metadata().values()).allMatch("v"::equals);
            }
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void theSameTensorsGiveTheSameBytes() throws IOException {
        Path first = folder.resolve("first");
        Path second = folder.resolve("second");
        new SafetensorsWriter()
                .metadata("a", "1")
                .metadata("b", "2")
                .floats("w", new long[] {2}, new float[] {1, 2})
                .write(first);
        new SafetensorsWriter()
                .metadata("b", "2")
                .metadata("a", "1")
                .floats("w", new long[] {2}, new float[] {1, 2})
                .write(second);
        assertThat(second).hasSameBinaryContentAs(first);
    }

    @Test
    void theDataStartsOnEightBytes() throws IOException {
        for (int length = 1; length < 20; length++) {
            Path file = folder.resolve("aligned");
            new SafetensorsWriter()
                    .floats("é".repeat(length), new long[] {1}, new float[] {1})
                    .write(file);
            try (SafetensorsFile read = SafetensorsFile.open(file)) {
                assertThat(read.tensor("é".repeat(length)).offset() % 8).isZero();
            }
        }
    }

    @Test
    void aFileThatFailsHalfwayLeavesTheOldOneAndNothingBeside() throws IOException {
        Path file = folder.resolve("model.safetensors");
        new SafetensorsWriter().floats("w", new long[] {1}, new float[] {7}).write(file);
        SafetensorsWriter failing =
                new SafetensorsWriter()
                        .floats("w", new long[] {1}, new float[] {8})
                        .floats("x", SafetensorsType.F32, new long[] {3}, () -> new float[2]);
        assertThatThrownBy(() -> failing.write(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'x' has 2 values, its shape needs 3");
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
        try (SafetensorsFile read = SafetensorsFile.open(file)) {
            assertThat(read.floats("w")).containsExactly(7);
        }
    }

    @Test
    void scalarsAndEmptyTensorsKeepTheirShape() throws IOException {
        Path file = folder.resolve("shapes");
        new SafetensorsWriter()
                .floats("scalar", new long[0], new float[] {3})
                .floats("empty", new long[] {0, 5}, new float[0])
                .write(file);
        try (SafetensorsFile read = SafetensorsFile.open(file);
                NDManager manager = NDManager.newBaseManager()) {
            assertThat(read.shape("empty")).containsExactly(0, 5);
            assertThat(read.floats("empty")).isEmpty();
            NDArray scalar = read.read(manager, "scalar");
            assertThat(scalar.getShape()).isEqualTo(new Shape());
            assertThat(scalar.getFloat()).isEqualTo(3);
        }
    }

    @Test
    void halfAndBfloat16ReachTheEngineAsFloat32() throws IOException {
        Path file = folder.resolve("narrow");
        float[] values = {0, -1.5f, 65504, 1e-3f};
        new SafetensorsWriter()
                .floats("half", SafetensorsType.F16, new long[] {2, 2}, () -> values)
                .floats("brain", SafetensorsType.BF16, new long[] {2, 2}, () -> values)
                .write(file);
        try (SafetensorsFile read = SafetensorsFile.open(file);
                NDManager manager = NDManager.newBaseManager()) {
            for (String name : read.names()) {
                NDArray array = read.read(manager, name);
                assertThat(array.getDataType()).isEqualTo(DataType.FLOAT32);
                assertThat(array.getShape()).isEqualTo(new Shape(2, 2));
            }
            assertThat(read.floats("half"))
                    .containsExactly(
                            0, -1.5f, 65504, HalfPrecision.fromHalf(HalfPrecision.toHalf(1e-3f)));
            assertThat(read.floats("brain")[3])
                    .isEqualTo(HalfPrecision.fromBfloat16(HalfPrecision.toBfloat16(1e-3f)));
            assertThat(read.dtype("brain")).isEqualTo(SafetensorsType.BF16);
        }
    }

    @Test
    void engineArraysAreWrittenInTheirShape() throws IOException {
        Path file = folder.resolve("arrays");
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray floats = manager.arange(6f).reshape(2, 3);
            NDArray longs = manager.create(new long[] {1L << 40, -1});
            new SafetensorsWriter().array("f", floats).array("l", longs).write(file);
            try (SafetensorsFile read = SafetensorsFile.open(file)) {
                assertThat(read.read(manager, "f")).isEqualTo(floats);
                assertThat(read.read(manager, "l")).isEqualTo(longs);
            }
        }
    }

    @Test
    void everyIntegerTypeIsWidened() throws IOException {
        ByteBuffer data = ByteBuffer.allocate(30).order(ByteOrder.LITTLE_ENDIAN);
        data.putLong(Long.MAX_VALUE).putLong(-2);
        data.putInt(-1).putInt(-3);
        data.putShort((short) -1).putShort((short) -4);
        data.put((byte) -1).put((byte) 2);
        Path file =
                SafetensorsBytes.write(
                        folder,
                        """
                        {"u64":{"dtype":"U64","shape":[],"data_offsets":[0,8]},
                         "i64":{"dtype":"I64","shape":[],"data_offsets":[8,16]},
                         "u32":{"dtype":"U32","shape":[],"data_offsets":[16,20]},
                         "i32":{"dtype":"I32","shape":[],"data_offsets":[20,24]},
                         "u16":{"dtype":"U16","shape":[],"data_offsets":[24,26]},
                         "i16":{"dtype":"I16","shape":[],"data_offsets":[26,28]},
                         "u8":{"dtype":"U8","shape":[],"data_offsets":[28,29]},
                         "bool":{"dtype":"BOOL","shape":[],"data_offsets":[29,30]}}
                        """,
                        data.array());
        try (SafetensorsFile read = SafetensorsFile.open(file)) {
            assertThat(read.longs("u64")).containsExactly(Long.MAX_VALUE);
            assertThat(read.longs("i64")).containsExactly(-2);
            assertThat(read.longs("u32")).containsExactly(0xffff_ffffL);
            assertThat(read.longs("i32")).containsExactly(-3);
            assertThat(read.longs("u16")).containsExactly(0xffff);
            assertThat(read.longs("i16")).containsExactly(-4);
            assertThat(read.longs("u8")).containsExactly(255);
            assertThat(read.longs("bool")).containsExactly(1);
        }
    }

    @Test
    void float64IsRoundedToFloat() throws IOException {
        byte[] data = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(0.1).array();
        Path file =
                SafetensorsBytes.write(
                        folder,
                        "{\"x\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}}",
                        data);
        try (SafetensorsFile read = SafetensorsFile.open(file)) {
            assertThat(read.floats("x")).containsExactly(0.1f);
        }
    }

    @Test
    void aTensorAfterTwoGibibytesIsReadFromItsOffset() throws IOException {
        long before = (1L << 31) + 5;
        byte[] header =
                """
                {"big":{"dtype":"U8","shape":[%s],"data_offsets":[0,%s]},
                 "last":{"dtype":"F32","shape":[2],"data_offsets":[%s,%s]}}
                """
                        .formatted(before, before, before, before + 8)
                        .getBytes(StandardCharsets.UTF_8);
        Path file = folder.resolve("big");
        try (var out = new RandomAccessFile(file.toFile(), "rw")) {
            // the gap is a hole, so that the file takes no room
            out.write(
                    ByteBuffer.allocate(8)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(header.length)
                            .array());
            out.write(header);
            out.seek(8 + header.length + before);
            out.write(
                    ByteBuffer.allocate(8)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putFloat(1.5f)
                            .putFloat(-2)
                            .array());
        }
        try (SafetensorsFile read = SafetensorsFile.open(file)) {
            assertThat(read.floats("last")).containsExactly(1.5f, -2);
            assertThatThrownBy(() -> read.longs("big"))
                    .isInstanceOf(SafetensorsException.class)
                    .hasMessageContaining("more than one array can hold");
        }
    }

    @Test
    void aSecondTensorOfTheSameNameIsRefused() {
        SafetensorsWriter writer =
                new SafetensorsWriter().floats("w", new long[] {1}, new float[] {1});
        assertThatThrownBy(() -> writer.longs("w", new long[] {1}, new long[] {1}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("already a tensor 'w'");
    }

    /** JSON text cannot contain half of a surrogate pair. */
    private static String wellFormed(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
}
