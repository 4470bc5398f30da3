package io.zigma.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.convert.PickleBytes;
import io.zigma.convert.PickleBytes.Saved;
import io.zigma.convert.PickleInput;
import io.zigma.convert.PickleReader;
import io.zigma.convert.TorchException;
import io.zigma.testing.FaultGroup;
import io.zigma.testing.FaultLine;
import io.zigma.testing.FaultScale;
import io.zigma.testing.FaultTable;
import io.zigma.testing.Mutator;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever bytes they are given, the readers of weights, pickles and descriptions read or refuse.
 */
@Tag("faults")
@ExtendWith(FaultTable.class)
class ReaderFuzzTest {

    private static final double SLOWEST_SECONDS = 2;

    @TempDir Path folder;

    @Test
    void theSafetensorsReaderReadsOrRefuses() {
        List<byte[]> sound = new ArrayList<>();
        for (String header :
                List.of(
                        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
                        "{\"__metadata__\":{\"format\":\"pt\"},\"x.weight\":{\"dtype\":\"BF16\","
                                + "\"shape\":[1,2,2],\"data_offsets\":[0,8]}}",
                        "{\"n\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]},"
                                + "\"e\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[8,8]}}  ")) {
            byte[] text = header.getBytes(StandardCharsets.UTF_8);
            sound.add(
                    ByteBuffer.allocate(8 + text.length + 8)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(text.length)
                            .put(text)
                            .putLong(0x3f803f803f803f80L)
                            .array());
        }
        Mutator mutator =
                new Mutator(
                        11,
                        sound,
                        words(
                                "{",
                                "}",
                                "[",
                                "]",
                                ":",
                                ",",
                                "\"",
                                "\\u0000",
                                "null",
                                "-1",
                                "1e9",
                                "9223372036854775807",
                                "F16",
                                "F64",
                                "U64",
                                "BOOL",
                                "__metadata__",
                                "dtype",
                                "shape",
                                "data_offsets",
                                "version https://git-lfs"));
        fuzz(
                "the safetensors reader",
                FaultScale.times(3_000_000, 3000),
                mutator,
                bytes -> {
                    Path file = Files.write(folder.resolve("fuzz.safetensors"), bytes);
                    try (SafetensorsFile weights = SafetensorsFile.open(file)) {
                        for (String name : weights.names()) {
                            if (weights.dtype(name).isFloating()) {
                                weights.floats(name);
                            } else {
                                weights.longs(name);
                            }
                        }
                    }
                });
    }

    @Test
    void thePickleReaderReadsOrRefuses() {
        Map<String, Object> weights = new LinkedHashMap<>();
        weights.put("w", Saved.floats("0", 3, 2));
        weights.put("b", new Saved("HalfStorage", "1", 8, 2, List.of(3L), List.of(2L)));
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("model", weights);
        root.put("args", Map.of("lr", 0.5, "deep", List.of(1, "two", true)));
        root.put("train_steps", 3);
        byte[] whole = PickleBytes.of(root);
        byte[] config = PickleBytes.of(List.of("text", 1L << 40, Map.of("k", 2.5)));
        Mutator mutator =
                new Mutator(
                        12,
                        List.of(whole, config),
                        Stream.concat(
                                        words(
                                                "cos\nsystem\n",
                                                "cbuiltins\neval\n",
                                                "tR",
                                                "(",
                                                "}",
                                                "q\0",
                                                "h\0",
                                                "u",
                                                "s",
                                                "b",
                                                ".",
                                                "\u0080\u0002",
                                                "ctorch._utils\n_rebuild_tensor_v2\n",
                                                "N",
                                                "]",
                                                "e",
                                                "ccollections\nOrderedDict\n",
                                                "Q",
                                                "\u0081",
                                                "a")
                                                .stream(),
                                        Stream.of(
                                                new byte[] {'X', -1, -1, -1, 127},
                                                new byte[] {(byte) 0x8b, -1, -1, -1, 127},
                                                new byte[] {
                                                    (byte) 0x95, -1, -1, -1, -1, -1, -1, -1, 127
                                                },
                                                new byte[] {'J', 0, 0, 0, -128}))
                                .toList());
        fuzz(
                "the pickle reader",
                FaultScale.times(4_000_000, 3000),
                mutator,
                bytes ->
                        new PickleReader(
                                        new PickleInput(
                                                "fuzz.pt",
                                                new ByteArrayInputStream(bytes),
                                                bytes.length))
                                .read());
    }

    @Test
    void descriptionsAreReadOrRefused() throws IOException {
        Path place = Files.createDirectory(folder.resolve("model"));
        byte[] whole =
                Files.readAllBytes(
                        Path.of(
                                System.getProperty("zigma.root"),
                                "models",
                                "fashion",
                                CheckpointFolder.CONFIG));
        Mutator mutator =
                new Mutator(
                        13,
                        List.of(whole),
                        words(
                                "{",
                                "}",
                                "[",
                                "]",
                                ":",
                                ",",
                                "\"",
                                "null",
                                "true",
                                "-1",
                                "1e999",
                                "1000000000",
                                "0.5",
                                "\"depth\":",
                                "\"classes\":",
                                "\"labels\":[",
                                "\\ud800",
                                "zigma-checkpoint",
                                "[[[[[[[[[["));
        fuzz(
                "the reader of `config.json`",
                FaultScale.times(2_000_000, 2000),
                mutator,
                bytes -> {
                    Files.write(place.resolve(CheckpointFolder.CONFIG), bytes);
                    CheckpointFolder.open(place);
                });
    }

    private static List<byte[]> words(String... words) {
        return Stream.of(words).map(word -> word.getBytes(StandardCharsets.ISO_8859_1)).toList();
    }

    /** Gives bytes to a reader, which may refuse them with an exception of this program. */
    @FunctionalInterface
    private interface Reader {
        void read(byte[] bytes) throws IOException;
    }

    private static void fuzz(String what, int inputs, Mutator mutator, Reader reader) {
        try (FaultLine line =
                FaultTable.line(
                        FaultGroup.FUZZING,
                        "damaged inputs to " + what + ": read, or refused in one line")) {
            for (int i = 0; i < inputs; i++) {
                int number = i;
                line.attempt(
                        "input " + i,
                        () -> {
                            byte[] bytes = mutator.input(number);
                            long start = System.nanoTime();
                            try {
                                reader.read(bytes);
                            } catch (CheckpointException
                                    | SafetensorsException
                                    | TorchException e) {
                                if (e.getMessage().lines().count() != 1) {
                                    assertThat(e.getMessage()).hasLineCount(1);
                                }
                            }
                            if (System.nanoTime() - start > SLOWEST_SECONDS * 1e9) {
                                throw new AssertionError("took more than 2 s");
                            }
                        });
            }
        }
    }
}
