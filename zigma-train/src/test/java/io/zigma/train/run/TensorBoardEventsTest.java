package io.zigma.train.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBoardEventsTest {

    private static final Clock CLOCK =
            Clock.fixed(Instant.ofEpochMilli(1_700_000_000_500L), ZoneOffset.UTC);

    @TempDir Path root;

    @Test
    void theChecksumOfNineDigitsIsThePublishedOneMasked() {
        byte[] digits = "123456789".getBytes(StandardCharsets.US_ASCII);
        int published = 0xE3069283; // CRC-32C's check value
        int expected = ((published >>> 15) | (published << 17)) + 0xa282ead8;
        assertThat(TensorBoardEvents.maskedChecksum(digits, digits.length)).isEqualTo(expected);
    }

    @Test
    void theFileStartsWithTheFormatsVersionAndTheRestart() throws IOException {
        TensorBoardEvents.start(new RunFolder(root), 41, CLOCK).close();
        List<Map<Integer, Object>> events = events(onlyFile());
        assertThat(events).hasSize(2);
        assertThat(events.get(0).get(3)).isEqualTo(bytes("brain.Event:2"));
        assertThat(events.get(1)).containsEntry(2, 42L).containsEntry(7, new Bytes("0801"));
    }

    @Test
    void aScalarIsReadBack() throws IOException {
        try (TensorBoardEvents events = TensorBoardEvents.start(new RunFolder(root), 0, CLOCK)) {
            events.scalar(300, "train/loss", 0.25);
        }
        Map<Integer, Object> event = events(onlyFile()).get(2);
        assertThat(event).containsEntry(1, 1_700_000_000.5).containsEntry(2, 300L);
        Map<Integer, Object> value = fields(fields(event, 5), 1);
        assertThat(value).containsEntry(1, bytes("train/loss")).containsEntry(2, 0.25f);
    }

    @Test
    void aPictureIsReadBack() throws IOException {
        byte[] png = new byte[1000];
        png[999] = 7;
        try (TensorBoardEvents events = TensorBoardEvents.start(new RunFolder(root), 0, CLOCK)) {
            events.image(5, "samples", 40, 20, png);
        }
        Map<Integer, Object> value = fields(fields(events(onlyFile()).get(2), 5), 1);
        Map<Integer, Object> image = fields(value, 4);
        assertThat(image).containsEntry(1, 20L).containsEntry(2, 40L).containsEntry(3, 3L);
        assertThat(image.get(4)).isEqualTo(new Bytes(png));
    }

    @Test
    void aRestartWithinTheSameSecondOpensAFileThatSortsLater() throws IOException {
        TensorBoardEvents.start(new RunFolder(root), 0, CLOCK).close();
        Path first = onlyFile();
        TensorBoardEvents.start(new RunFolder(root), 10, CLOCK).close();
        assertThat(files()).hasSize(2);
        assertThat(files().get(1)).isNotEqualTo(first);
        assertThat(events(files().get(1)).get(1)).containsEntry(2, 11L);
    }

    private Path onlyFile() throws IOException {
        assertThat(files()).hasSize(1);
        return files().get(0);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(root)) {
            return files.sorted(Comparator.naturalOrder()).toList();
        }
    }

    /** Takes the records apart as a reader would, checking both checksums of each. */
    private static List<Map<Integer, Object>> events(Path file) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<Map<Integer, Object>> events = new ArrayList<>();
        while (in.hasRemaining()) {
            byte[] length = new byte[8];
            in.get(length);
            assertThat(in.getInt()).as("checksum of the length").isEqualTo(masked(length));
            byte[] data =
                    new byte
                            [Math.toIntExact(
                                    ByteBuffer.wrap(length)
                                            .order(ByteOrder.LITTLE_ENDIAN)
                                            .getLong())];
            in.get(data);
            assertThat(in.getInt()).as("checksum of the data").isEqualTo(masked(data));
            events.add(fields(data));
        }
        return events;
    }

    private static int masked(byte[] bytes) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes);
        long crc = checksum.getValue();
        return (int) (((crc >> 15 | crc << 17) & 0xFFFFFFFFL) + 0xa282ead8L);
    }

    private static Map<Integer, Object> fields(Map<Integer, Object> message, int field) {
        return fields(((Bytes) message.get(field)).value());
    }

    private static Map<Integer, Object> fields(byte[] message) {
        ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        Map<Integer, Object> fields = new LinkedHashMap<>();
        while (in.hasRemaining()) {
            long tag = varint(in);
            Object value =
                    switch ((int) (tag & 7)) {
                        case 0 -> varint(in);
                        case 1 -> in.getDouble();
                        case 5 -> in.getFloat();
                        case 2 -> {
                            byte[] bytes = new byte[(int) varint(in)];
                            in.get(bytes);
                            yield new Bytes(bytes);
                        }
                        default -> throw new AssertionError("wire type " + (tag & 7));
                    };
            fields.put((int) (tag >> 3), value);
        }
        return fields;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    private static Bytes bytes(String text) {
        return new Bytes(text.getBytes(StandardCharsets.UTF_8));
    }
}
