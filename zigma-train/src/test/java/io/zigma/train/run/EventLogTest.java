package io.zigma.train.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventLogTest {

    @TempDir Path folder;

    @Test
    void eachEventIsALine() throws IOException {
        append(0, 1, 2);
        assertThat(Files.readAllLines(log())).containsExactly("{\"step\":1}", "{\"step\":2}");
    }

    @Test
    void resumingCutsTheLinesOfLaterSteps() throws IOException {
        append(0, 1, 2, 3, 4);
        append(2, 3);
        assertThat(Files.readAllLines(log()))
                .containsExactly("{\"step\":1}", "{\"step\":2}", "{\"step\":3}");
    }

    @Test
    void aLineThatACrashLeftWithoutItsEndGoes() throws IOException {
        Files.writeString(log(), "{\"step\":1}\n{\"step\":2,\"lo");
        append(5, 6);
        assertThat(Files.readAllLines(log())).containsExactly("{\"step\":1}", "{\"step\":6}");
    }

    private Path log() {
        return folder.resolve("log.jsonl");
    }

    private void append(long lastStep, long... steps) throws IOException {
        try (EventLog log = EventLog.open(log(), lastStep)) {
            for (long step : steps) {
                JsonObject event = new JsonObject();
                event.addProperty("step", step);
                log.append(event);
            }
        }
    }
}
