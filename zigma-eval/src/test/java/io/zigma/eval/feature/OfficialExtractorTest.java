package io.zigma.eval.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.zigma.io.CheckpointException;
import io.zigma.io.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OfficialExtractorTest {

    @TempDir Path folder;

    @ParameterizedTest
    @EnumSource
    void aMissingFileIsNamedWithWhereItComesFromAndGoes(OfficialExtractor extractor) {
        assertThatThrownBy(() -> extractor.fileIn(folder))
                .isInstanceOf(IOException.class)
                .message()
                .contains(
                        extractor.label(),
                        "https://github.com/",
                        folder.resolve(extractor.fileName()).toString())
                .hasLineCount(1);
    }

    @ParameterizedTest
    @EnumSource
    void aFileThatIsThereIsFound(OfficialExtractor extractor) throws IOException {
        Path file = Files.writeString(folder.resolve(extractor.fileName()), "weights");

        assertThat(extractor.fileIn(folder)).isEqualTo(file);
        assertThat(OfficialExtractor.named(extractor.label())).contains(extractor);
    }

    @Test
    void aFileOfNoneOfThemIsRefused() throws IOException {
        Path file = folder.resolve("other.safetensors");
        new SafetensorsWriter().floats("w", new long[] {1}, new float[] {1}).write(file);

        assertThatThrownBy(() -> OfficialExtractor.open(file, Device.cpu()))
                .isInstanceOf(CheckpointException.class)
                .message()
                .contains("other.safetensors", "inception-v3")
                .hasLineCount(1);
    }
}
