package io.zigma.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.io.SafetensorsFile;
import io.zigma.train.config.TrainingConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run that version 0.1 began with {@link TinyRuns#config} and stopped after step 5, and what it
 * came to there after step 12 without a stop.
 */
class EarlierRunsTest {

    private static final Path RUNS = Path.of("src/test/resources/runs");

    @TempDir Path folder;

    @BeforeEach
    void copyTheRun() throws IOException {
        Path from = RUNS.resolve("interrupted");
        try (Stream<Path> files = Files.walk(from)) {
            files.skip(1).forEach(file -> copy(file, folder.resolve(from.relativize(file))));
        }
    }

    private static void copy(Path file, Path to) {
        try {
            Files.copy(file, to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void itsConfigurationIsReadAsItWasWritten() throws IOException {
        TrainingConfig config = Training.configuration(folder);
        assertThat(config).isEqualTo(TinyRuns.config());
    }

    @Test
    void goingOnWithItEndsWhereItWouldHaveEnded() throws IOException {
        try (Training training = TinyRuns.resume(folder)) {
            assertThat(training.step()).isEqualTo(5);
            assertThat(training.run()).isEqualTo(Training.Ending.FINISHED);
        }
        Path end = folder.resolve("checkpoints/00000012/model.safetensors");
        try (SafetensorsFile expected =
                        SafetensorsFile.open(RUNS.resolve("uninterrupted.safetensors"));
                SafetensorsFile actual = SafetensorsFile.open(end)) {
            assertThat(actual.names()).isEqualTo(expected.names());
            for (String name : expected.names()) {
                // other processors round differently, and seven steps add that up
                assertThat(actual.floats(name))
                        .as(name)
                        .usingComparatorWithPrecision(1e-5f)
                        .containsExactly(expected.floats(name));
            }
        }
    }

    @Test
    void itsLogContinuesAsWithoutAnInterruption() throws IOException {
        try (Training training = TinyRuns.resume(folder)) {
            training.run();
        }
        List<JsonObject> expected = lossLines(RUNS.resolve("uninterrupted.jsonl"));
        List<JsonObject> actual = lossLines(folder.resolve("log.jsonl"));
        assertThat(actual).hasSameSizeAs(expected).hasSize(12);
        for (int i = 0; i < expected.size(); i++) {
            for (String key : List.of("step", "loss", "gradient_norm", "learning_rate")) {
                double value = expected.get(i).get(key).getAsDouble();
                assertThat(actual.get(i).get(key).getAsDouble())
                        .as("%s in line %d", key, i + 1)
                        .isCloseTo(value, within(1e-4 * Math.abs(value)));
            }
        }
    }

    private static List<JsonObject> lossLines(Path log) throws IOException {
        return Files.readAllLines(log).stream()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .filter(line -> line.has("loss"))
                .toList();
    }
}
