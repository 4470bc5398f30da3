package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.cli.terminal.ExitStatus;
import io.zigma.testing.FaultGroup;
import io.zigma.testing.FaultLine;
import io.zigma.testing.FaultScale;
import io.zigma.testing.FaultTable;
import io.zigma.train.run.CheckpointStore;
import io.zigma.train.run.RunFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Numbers that run away and memory that does not suffice end a run before they spoil anything. */
@Tag("faults")
@ExtendWith(FaultTable.class)
class NumericalFaultsTest {

    /** Address space in KiB: enough for Java and the engine, not for a step of many pictures. */
    private static final int LITTLE_MEMORY = 5_000_000;

    private static final int MANY = 512;

    @TempDir Path folder;
    private Path data = Path.of("");

    @BeforeEach
    void writeData() throws IOException {
        data = TinyData.idx(folder.resolve("data"));
    }

    @Test
    void aLossThatRunsAwayStopsBeforeTheWeightsAreTouched() throws Exception {
        try (FaultLine line =
                FaultTable.line(
                        FaultGroup.NUMBERS,
                        "loss or gradients not finite: stops with step, learning rate and gradient"
                                + " norm; the last checkpoint holds finite weights")) {
            Path run = folder.resolve("run");
            assertThat(ConsoleOfTest.plain().zigma(words(run, 1).toArray(new String[0])))
                    .isEqualTo(ExitStatus.DONE);
            Path checkpoint = new CheckpointStore(new RunFolder(run)).newest().orElseThrow();
            Path state = checkpoint.resolve("training.safetensors");
            byte[] sound = Files.readAllBytes(state);
            for (int i = 0; i < FaultScale.times(30, 2); i++) {
                float factor = i % 2 == 0 ? 3e38f : 1e25f;
                Files.write(state, blownUp(sound, factor));
                byte[] before = Files.readAllBytes(state);
                line.attempt(
                        "weights of " + factor,
                        () -> {
                            ConsoleOfTest console = ConsoleOfTest.plain();
                            assertThat(
                                            console.zigma(
                                                    "train",
                                                    "--data",
                                                    data.toString(),
                                                    "--out",
                                                    run.toString(),
                                                    "--resume",
                                                    "--steps",
                                                    "5"))
                                    .as(console.err())
                                    .isEqualTo(ExitStatus.FAILED);
                            assertThat(console.err())
                                    .containsPattern(
                                            "zigma: step 2 was not taken: loss \\S+, gradient"
                                                    + " norm \\S+ at learning rate \\S+;")
                                    .doesNotContain("\tat ");
                            assertThat(Files.readAllBytes(state)).isEqualTo(before);
                            assertThat(new CheckpointStore(new RunFolder(run)).newest())
                                    .hasValue(checkpoint);
                        });
            }
        }
    }

    /** The same state with the weights of the last layer multiplied, so that the loss overflows. */
    private static byte[] blownUp(byte[] state, float factor) {
        ByteBuffer bytes = ByteBuffer.wrap(state.clone()).order(ByteOrder.LITTLE_ENDIAN);
        int length = (int) bytes.getLong(0);
        JsonObject header =
                JsonParser.parseString(new String(state, 8, length, StandardCharsets.UTF_8))
                        .getAsJsonObject();
        JsonArray place =
                header.getAsJsonObject("weights.final_layer.linear.weight")
                        .getAsJsonArray("data_offsets");
        for (int at = place.get(0).getAsInt(); at < place.get(1).getAsInt(); at += 4) {
            bytes.putFloat(8 + length + at, factor * (at % 8 == 0 ? 1 : -1));
        }
        return bytes.array();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void tooLittleMemoryNamesTheBatchThatFits() throws Exception {
        List<String> limit =
                List.of("bash", "-c", "ulimit -v " + LITTLE_MEMORY + "; exec \"$@\"", "bash");
        try (FaultLine line =
                FaultTable.line(
                        FaultGroup.NUMBERS,
                        "too little memory for a step: one line that names a batch size, and that"
                                + " one trains")) {
            line.attempt(
                    "train",
                    () -> {
                        Path run = folder.resolve("large");
                        ZigmaProcess.Ended ended =
                                ZigmaProcess.start(folder, limit, large(run, MANY)).await();
                        ended.expectRefusal(1);
                        Matcher size =
                                Pattern.compile("use a batch size of (\\d+)").matcher(ended.err());
                        assertThat(size.find()).as(ended.err()).isTrue();
                        int fits = Integer.parseInt(size.group(1));
                        ZigmaProcess.Ended again =
                                ZigmaProcess.start(
                                                folder, limit, large(folder.resolve("fits"), fits))
                                        .await();
                        assertThat(again.status()).as(again.err()).isZero();
                    });
        }
    }

    /** Pictures of 1,024 tokens, whose activations take megabytes each. */
    private List<String> large(Path run, int batch) {
        List<String> words = words(run, 1);
        words.addAll(List.of("--image-size", "64", "--patch-size", "2"));
        words.addAll(List.of("--batch-size", Integer.toString(batch)));
        return words;
    }

    private List<String> words(Path run, int steps) {
        List<String> words = new ArrayList<>(List.of("train", "--data", data.toString()));
        words.addAll(List.of("--out", run.toString(), "--steps", Integer.toString(steps)));
        words.addAll(List.of("--batch-size", "2", "--hidden-size", "16"));
        words.addAll(List.of("--depth", "2", "--patch-size", "4", "--sample-every", "0"));
        words.addAll(List.of("--threads", "1"));
        return words;
    }
}
