package io.zigma.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zigma.convert.PickleBytes.Saved;
import io.zigma.convert.PickleValue.Dictionary;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TorchFileTest {

    private static final byte[] PICKLE =
            PickleBytes.of(
                    Map.of(
                            "w",
                            new Saved(
                                    "FloatStorage", "7", 6, 0, List.of(3L, 2L), List.of(1L, 3L))));
    private static final Map<String, byte[]> STORAGES =
            Map.of("7", TorchBytes.floats(1, 2, 3, 4, 5, 6));

    @TempDir Path folder;
    private Path file;

    @BeforeEach
    void nameAFile() {
        file = folder.resolve("weights.pt");
    }

    @Test
    void aTransposedTensorIsReadInItsOwnOrderFromBothFormats() throws IOException {
        for (Path written :
                List.of(
                        TorchBytes.zip(folder.resolve("zip.pt"), PICKLE, STORAGES),
                        TorchBytes.legacy(folder.resolve("legacy.pt"), PICKLE, STORAGES))) {
            try (TorchFile torch = TorchFile.open(written)) {
                assertThat(torch.floats("w", tensor(torch))).containsExactly(1, 4, 2, 5, 3, 6);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../evil",
                "archive/../../evil",
                "/etc/evil",
                "C:/evil",
                "archive\\..\\evil",
                "archive/data/.."
            })
    void anEntryOutsideTheArchiveIsRefusedByName(String name) throws IOException {
        Map<String, byte[]> entries = entries();
        entries.put(name, new byte[1]);
        TorchBytes.archive(file, entries);
        assertRefused("refers to a place outside the archive");
        try (var left = Files.list(folder)) {
            assertThat(left).containsExactly(file);
        }
    }

    @Test
    void compressedEntriesAreRefusedBeforeTheyAreUnpacked() throws IOException {
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("archive/data.pkl"));
            zip.write(new byte[20_000_000]);
        }
        assertRefused("'archive/data.pkl' is compressed");
    }

    @Test
    void aMissingStorageIsNamed() throws IOException {
        TorchBytes.zip(file, PICKLE, Map.of());
        assertUnreadable("entry 'archive/data/7' is missing");
    }

    @Test
    void aStorageOfTheWrongSizeIsNamed() throws IOException {
        TorchBytes.zip(file, PICKLE, Map.of("7", TorchBytes.floats(1, 2)));
        assertUnreadable("entry 'archive/data/7' has 8 bytes", "need 24");
    }

    @Test
    void aFlippedBitAmongTheElementsIsNoticed() throws IOException {
        TorchBytes.zip(file, PICKLE, STORAGES);
        byte[] bytes = Files.readAllBytes(file);
        int at = indexOf(bytes, STORAGES.get("7"));
        bytes[at + 5] ^= 1;
        Files.write(file, bytes);
        assertUnreadable("entry 'archive/data/7' is damaged: its checksum is");
    }

    @Test
    void aBigEndianFileIsRefused() throws IOException {
        Map<String, byte[]> entries = entries();
        entries.put("archive/byteorder", "big".getBytes(StandardCharsets.US_ASCII));
        TorchBytes.archive(file, entries);
        assertRefused("'archive/byteorder' says 'big'");
    }

    @Test
    void theCodeOfATorchScriptProgramMayBeCompressed() throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, byte[]> content : entries().entrySet()) {
                ZipEntry entry = new ZipEntry(content.getKey());
                CRC32 checksum = new CRC32();
                checksum.update(content.getValue());
                entry.setMethod(ZipEntry.STORED);
                entry.setCrc(checksum.getValue());
                entry.setSize(content.getValue().length);
                zip.putNextEntry(entry);
                zip.write(content.getValue());
            }
            zip.putNextEntry(new ZipEntry("archive/code/__torch__.py"));
            zip.write(new byte[100]);
        }
        try (TorchFile opened = TorchFile.open(file)) {
            assertThat(opened.root()).isInstanceOf(PickleValue.Dictionary.class);
        }
    }

    @Test
    void anyOtherZipIsRefused() throws IOException {
        TorchBytes.archive(file, Map.of("readme.txt", new byte[3]));
        assertRefused("no PyTorch checkpoint");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<html>not found</html>", "version https://git-lfs.github.com"})
    void anyOtherFileIsRefused(String content) throws IOException {
        Files.writeString(file, content);
        assertRefused("offset 0");
    }

    @Test
    void aMissingFileAndAFolderAreNamed() {
        assertRefused("there is no such file");
        assertThatThrownBy(() -> TorchFile.open(folder))
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("this is a folder");
    }

    @Test
    void aLegacyFileThatIsCutOffNamesTheStorage() throws IOException {
        TorchBytes.legacy(file, PICKLE, STORAGES);
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
        assertRefused("storage '7' needs 32 bytes but the file ends after 31");
    }

    @Test
    void aLegacyFileWithMoreBehindItIsRefused() throws IOException {
        TorchBytes.legacy(file, PICKLE, STORAGES);
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length + 2));
        assertRefused("2 bytes are left over");
    }

    @Test
    void aFewBytesDoNotBecomeAHugeTensor() throws IOException {
        Saved bomb =
                new Saved(
                        "FloatStorage",
                        "7",
                        6,
                        0,
                        List.of(1L << 20, 1L << 20, 1L << 10),
                        List.of(0L, 0L, 0L));
        TorchBytes.zip(file, PickleBytes.of(Map.of("w", bomb)), STORAGES);
        assertUnreadable("tensor 'w' claims 1125899906842624 elements");
    }

    private static Map<String, byte[]> entries() {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("archive/data.pkl", PICKLE);
        entries.put("archive/data/7", STORAGES.get("7"));
        return entries;
    }

    private static TorchTensor tensor(TorchFile torch) {
        return (TorchTensor) ((Dictionary) torch.root()).get("w").orElseThrow();
    }

    private void assertRefused(String words) {
        assertThatThrownBy(() -> TorchFile.open(file).close())
                .isInstanceOf(TorchException.class)
                .hasMessageContainingAll(file.toString(), words)
                .hasMessageNotContaining("\n");
    }

    private void assertUnreadable(String... words) throws IOException {
        try (TorchFile torch = TorchFile.open(file)) {
            assertThatThrownBy(() -> torch.floats("w", tensor(torch)))
                    .isInstanceOf(TorchException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContainingAll(words)
                    .hasMessageNotContaining("\n");
        }
    }

    private static int indexOf(byte[] bytes, byte[] wanted) {
        for (int at = 0; at <= bytes.length - wanted.length; at++) {
            if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
                return at;
            }
        }
        throw new AssertionError("not there");
    }
}
