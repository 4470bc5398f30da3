package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InfoCommandTest {

    @TempDir Path folder;
    private final ConsoleOfTest test = ConsoleOfTest.plain();

    @Test
    void saysWhatTheModelIs() throws IOException {
        Path model = TinyCheckpoint.withClasses(folder.resolve("tiny"));

        assertThat(test.zigma("info", "-m", model.toString())).isEqualTo(ExitStatus.DONE);
        assertThat(test.out())
                .contains("parameters", "8 × 8, grey", "1 Ankle boot", "zigzag-8", "linear");
        assertThat(test.err()).isEmpty();
    }

    @Test
    void saysTheSameAsJson() throws IOException {
        Path model = TinyCheckpoint.withClasses(folder.resolve("tiny"));

        assertThat(test.zigma("info", "-m", model.toString(), "--json")).isEqualTo(ExitStatus.DONE);
        JsonObject json = JsonParser.parseString(test.out()).getAsJsonObject();
        assertThat(json.get("image_height").getAsInt()).isEqualTo(8);
        assertThat(json.get("parameters").getAsLong()).isPositive();
        assertThat(json.getAsJsonArray("labels")).hasSize(3);
        assertThat(json.get("scan").getAsString()).isEqualTo("zigzag-8");
    }

    @Test
    void saysThatAnUnconditionalModelHasNoClasses() throws IOException {
        Path model = TinyCheckpoint.unconditional(folder.resolve("tiny"));

        assertThat(test.zigma("info", "-m", model.toString())).isEqualTo(ExitStatus.DONE);
        assertThat(test.out()).contains("none (unconditional)");
    }

    @Test
    void refusesAFolderThatIsNoCheckpoint() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"a\": 1}");

        assertThat(test.zigma("info", "-m", folder.toString())).isEqualTo(ExitStatus.FAILED);
        assertThat(test.err()).contains("config.json").hasLineCount(1);
    }

    @Test
    void refusesACheckpointWithoutWeights() throws IOException {
        Path model = TinyCheckpoint.withClasses(folder.resolve("tiny"));
        Files.delete(model.resolve("model.safetensors"));

        assertThat(test.zigma("info", "-m", model.toString())).isEqualTo(ExitStatus.FAILED);
        assertThat(test.err()).contains("model.safetensors").hasLineCount(1);
    }
}
