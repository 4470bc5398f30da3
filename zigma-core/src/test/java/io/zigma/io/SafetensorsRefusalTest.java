package io.zigma.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SafetensorsRefusalTest {

    private static final String GOOD = "{'w':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}";

    @TempDir Path folder;

    static Stream<Arguments> wrongHeaders() {
        return Stream.of(
                wrong("not JSON", "{'w':", "stops before its end"),
                wrong("not an object", "[1, 2]", "does not start with '{'"),
                wrong("lenient JSON", "{w:{}}", "not valid JSON"),
                wrong("two documents", GOOD + "{}", "not valid JSON"),
                wrong(
                        "a name twice",
                        "{'w':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},"
                                + "'w':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}",
                        "names 'w' twice"),
                wrong(
                        "a field twice",
                        "{'w':{'dtype':'F32','dtype':'I64','shape':[2],'data_offsets':[0,8]}}",
                        "'w' has dtype twice"),
                wrong(
                        "an unknown field",
                        GOOD.replace("'shape'", "'size'"),
                        "unknown field 'size'"),
                wrong("no shape", "{'w':{'dtype':'F32','data_offsets':[0,8]}}", "has no shape"),
                wrong("no object", "{'w':3}", "'w' is not described by an object"),
                wrong("metadata twice", "{'__metadata__':{},'__metadata__':{}}", "twice"),
                wrong("metadata key twice", "{'__metadata__':{'a':'','a':''}}", "'a' twice"),
                wrong("metadata numbers", "{'__metadata__':{'a':1}}", "no text under 'a'"),
                wrong("metadata list", "{'__metadata__':[]}", "not an object"),
                wrong("an unknown type", GOOD.replace("F32", "F33"), "has dtype 'F33'; known are"),
                wrong("a type that is no text", GOOD.replace("'F32'", "32"), "has dtype"),
                wrong("a negative side", GOOD.replace("[2]", "[-2]"), "shape holds '-2'"),
                wrong("a broken side", GOOD.replace("[2]", "[2.0]"), "shape holds '2.0'"),
                wrong("a quoted side", GOOD.replace("[2]", "['2']"), "not a whole number"),
                wrong("a shape that is no list", GOOD.replace("[2]", "2"), "shape is not a list"),
                wrong(
                        "a side beyond 64 bits",
                        GOOD.replace("[2]", "[9999999999999999999]"),
                        "which is too large"),
                wrong(
                        "sides whose product overflows",
                        GOOD.replace("[2]", "[4294967296,4294967296]"),
                        "more than 2^63-1 bytes"),
                wrong(
                        "bytes that overflow",
                        GOOD.replace("[2]", "[4611686018427387904]"),
                        "more than 2^63-1 bytes"),
                wrong(
                        "too many sides",
                        GOOD.replace("[2]", "[" + "1,".repeat(64) + "2]"),
                        "more than 64"),
                wrong("too few bytes", GOOD.replace("[2]", "[3]"), "takes 12 bytes"),
                wrong("one offset", GOOD.replace("[0,8]", "[0]"), "1 data_offsets"),
                wrong("an offset past the end", GOOD.replace("[0,8]", "[0,16]"), "8 bytes of data"),
                wrong("offsets backwards", GOOD.replace("[0,8]", "[8,0]"), "offsets 8 to 0"),
                wrong(
                        "an overlap",
                        "{'a':{'dtype':'U8','shape':[5],'data_offsets':[0,5]},"
                                + "'b':{'dtype':'U8','shape':[4],'data_offsets':[4,8]}}",
                        "'b' starts at data offset 4, but the tensors before it end at 5"),
                wrong(
                        "a gap",
                        "{'a':{'dtype':'U8','shape':[3],'data_offsets':[0,3]},"
                                + "'b':{'dtype':'U8','shape':[4],'data_offsets':[4,8]}}",
                        "leave a gap"),
                wrong(
                        "trailing bytes",
                        "{'a':{'dtype':'U8','shape':[3],'data_offsets':[0,3]}}",
                        "5 bytes follow the last tensor"),
                wrong("deep nesting", "{'__metadata__':" + "[".repeat(5000), "not an object"));
    }

    private static Arguments wrong(String what, String header, String message) {
        return Arguments.of(what, header.replace('\'', '"'), message);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongHeaders")
    void aWrongHeaderIsRefusedInOneLine(String what, String header, String message)
            throws IOException {
        refused(SafetensorsBytes.write(folder, header, new byte[8]), message);
    }

    @Test
    void anEmptyFileIsRefused() throws IOException {
        refused(Files.write(folder.resolve("f"), new byte[0]), "the file is empty");
    }

    @Test
    void aFileWithoutRoomForALengthIsRefused() throws IOException {
        refused(Files.write(folder.resolve("f"), new byte[7]), "7 bytes are too short");
    }

    @Test
    void aMissingFileIsNamed() {
        refused(folder.resolve("none"), "there is no such file");
    }

    @Test
    void aFolderIsNamedAsSuch() {
        refused(folder, "this is a folder");
    }

    @Test
    void aNegativeHeaderLengthIsRefused() throws IOException {
        refused(lengthOf(-1), "header of 18446744073709551615 bytes");
    }

    @Test
    void aHeaderOverTheFormatsLimitIsRefused() throws IOException {
        refused(lengthOf(100_000_001), "outside 2 to 100000000");
    }

    @Test
    void aHeaderPastTheEndIsRefused() throws IOException {
        refused(lengthOf(100), "the file ends after 2 more; it is cut off");
    }

    @Test
    void aHeaderThatIsNotTextIsRefused() throws IOException {
        byte[] header = {'{', (byte) 0xff, '}'};
        refused(SafetensorsBytes.write(folder, 3, header, new byte[0]), "not UTF-8");
    }

    @Test
    void aGitLfsPointerIsNamedAsSuch() throws IOException {
        Path file =
                Files.writeString(
                        folder.resolve("f"),
                        "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n");
        refused(file, "Git LFS pointer");
    }

    @Test
    void controlCharactersOfANameStayOutOfTheMessage() throws IOException {
        String header = "{\"a\\nb\":3}";
        assertThatThrownBy(
                        () ->
                                SafetensorsFile.open(
                                        SafetensorsBytes.write(folder, header, new byte[0])))
                .hasMessageContaining("'a\\u000ab'")
                .hasMessageNotContaining("\n");
    }

    @Test
    void askingForATensorThatIsNotThereOrOfAnotherTypeIsRefused() throws IOException {
        Path file = SafetensorsBytes.write(folder, GOOD.replace('\'', '"'), new byte[8]);
        try (SafetensorsFile read = SafetensorsFile.open(file)) {
            assertThatThrownBy(() -> read.floats("v"))
                    .isInstanceOf(SafetensorsException.class)
                    .hasMessageContaining("no tensor 'v'");
            assertThatThrownBy(() -> read.longs("w"))
                    .isInstanceOf(SafetensorsException.class)
                    .hasMessageContaining("'w' is F32, not integers");
        }
    }

    @Test
    void aFileCutShorterWhileOpenIsRefusedAndDoesNotEndTheProcess() throws IOException {
        Path file = SafetensorsBytes.write(folder, GOOD.replace('\'', '"'), new byte[8]);
        try (SafetensorsFile read = SafetensorsFile.open(file)) {
            Files.write(file, new byte[20]);
            assertThatThrownBy(() -> read.floats("w"))
                    .isInstanceOf(SafetensorsException.class)
                    .hasMessageContaining("became shorter");
        }
    }

    @Test
    void aFileCutAnywhereIsRefused() throws IOException {
        byte[] whole = wholeFile();
        Random random = new Random(1);
        for (int i = 0; i < 100; i++) {
            int length = i < 20 ? i : random.nextInt(whole.length);
            Path file = Files.write(folder.resolve("cut"), Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> SafetensorsFile.open(file))
                    .as("cut to %d of %d bytes", length, whole.length)
                    .isInstanceOf(SafetensorsException.class);
        }
    }

    @Test
    void aFlippedBitInTheHeaderGivesAReadableFileOrARefusal() throws IOException {
        byte[] whole = wholeFile();
        int headerEnd = 8 + (whole[0] & 0xff) + ((whole[1] & 0xff) << 8);
        Random random = new Random(2);
        int refusals = 0;
        for (int i = 0; i < 1000; i++) {
            byte[] flipped = whole.clone();
            int bit = random.nextInt(8 * headerEnd);
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            Path file = Files.write(folder.resolve("flipped"), flipped);
            try (SafetensorsFile read = SafetensorsFile.open(file)) {
                for (String name : read.names()) {
                    int count =
                            read.dtype(name).isFloating()
                                    ? read.floats(name).length
                                    : read.longs(name).length;
                    assertThat((long) count).isEqualTo(read.tensor(name).elements());
                }
            } catch (SafetensorsException e) {
                refusals++;
                assertThat(e.getMessage()).startsWith(file.toString()).doesNotContain("\n");
            }
        }
        assertThat(refusals).isPositive();
    }

    private byte[] wholeFile() throws IOException {
        Path file = folder.resolve("whole");
        new SafetensorsWriter()
                .metadata("format", "pt")
                .floats("a.weight", new long[] {2, 3}, new float[6])
                .floats("a.bias", SafetensorsType.BF16, new long[] {3}, () -> new float[3])
                .longs("steps", new long[] {2}, new long[2])
                .write(file);
        return Files.readAllBytes(file);
    }

    private Path lengthOf(long length) throws IOException {
        return SafetensorsBytes.write(
                folder, length, "{}".getBytes(StandardCharsets.UTF_8), new byte[0]);
    }

    private static void refused(Path file, String message) {
        assertThatThrownBy(() -> SafetensorsFile.open(file).close())
                .isInstanceOf(SafetensorsException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }
}
