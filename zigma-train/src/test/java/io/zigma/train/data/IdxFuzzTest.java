package io.zigma.train.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.testing.FaultGroup;
import io.zigma.testing.FaultLine;
import io.zigma.testing.FaultScale;
import io.zigma.testing.FaultTable;
import io.zigma.testing.Mutator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Whatever bytes it is given, the reader of IDX files reads or refuses. */
@Tag("faults")
@ExtendWith(FaultTable.class)
class IdxFuzzTest {

    @TempDir Path folder;

    @Test
    void theIdxReaderReadsOrRefuses() throws IOException {
        byte[] pictures =
                ByteBuffer.allocate(16 + 18).putInt(0x803).putInt(2).putInt(3).putInt(3).array();
        byte[] labels = ByteBuffer.allocate(8 + 2).putInt(0x801).putInt(2).array();
        List<byte[]> words =
                Stream.of("\0\0\u0008\3", "\0\0\u0008\1", "\u001f\u008b\u0008\0", "\0\0\0\0")
                        .map(word -> word.getBytes(StandardCharsets.ISO_8859_1))
                        .toList();
        Mutator plain = new Mutator(21, List.of(pictures, labels), words);
        Mutator packed = new Mutator(22, List.of(packed(pictures), packed(labels)), words);
        try (FaultLine line =
                FaultTable.line(
                        FaultGroup.FUZZING,
                        "damaged inputs to the IDX reader, plain and gzipped: read, or refused in"
                                + " one line")) {
            for (int i = 0; i < FaultScale.times(1_000_000, 1000); i++) {
                boolean zipped = i % 2 == 1;
                byte[] bytes = (zipped ? packed : plain).input(i);
                int sides = i % 4 < 2 ? 3 : 1;
                Path file = Files.write(folder.resolve(zipped ? "fuzz.gz" : "fuzz"), bytes);
                line.attempt("input " + i, () -> readOrRefuse(file, sides));
            }
        }
    }

    private static void readOrRefuse(Path file, int sides) throws IOException {
        try {
            IdxArray.read(file, sides);
        } catch (DatasetException e) {
            if (e.getMessage().lines().count() != 1) {
                assertThat(e.getMessage()).hasLineCount(1);
            }
        }
    }

    private static byte[] packed(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(bytes);
        }
        return packed.toByteArray();
    }
}
