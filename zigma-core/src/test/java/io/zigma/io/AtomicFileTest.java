package io.zigma.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {

    @TempDir Path folder;

    @Test
    void aNewFileReplacesAnOldOneAndNothingIsLeftBeside() throws IOException {
        Path file = folder.resolve("a.txt");
        AtomicFile.writeText(file, "old and longer");
        AtomicFile.writeText(file, "nëw");
        assertThat(file).hasContent("nëw");
        assertThat(folder.toFile().list()).containsExactly("a.txt");
    }

    @Test
    void aWriteThatFailsLeavesTheOldFileAndNothingBeside() throws IOException {
        Path file = Files.writeString(folder.resolve("a.txt"), "old");
        assertThatThrownBy(
                        () ->
                                AtomicFile.write(
                                        file,
                                        channel -> {
                                            channel.write(ByteBuffer.wrap(new byte[9]));
                                            throw new IOException("the disk is full");
                                        }))
                .hasMessageStartingWith(file + " cannot be written: the disk is full; ");
        assertThat(file).hasContent("old");
        assertThat(folder.toFile().list()).containsExactly("a.txt");
    }

    @Test
    void writersOfTheSameFileDoNotDisturbEachOther() throws IOException {
        Path file = folder.resolve("a.txt");
        IntStream.range(0, 40)
                .parallel()
                .forEach(
                        i -> {
                            try {
                                AtomicFile.writeText(file, Integer.toString(i % 10).repeat(5000));
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        });
        String text = Files.readString(file);
        assertThat(text).isEqualTo(text.substring(0, 1).repeat(5000));
        assertThat(folder.toFile().list()).containsExactly("a.txt");
    }

    @Test
    void aMissingFolderIsNamed() {
        Path file = folder.resolve("nowhere").resolve("a.txt");
        assertThatThrownBy(() -> AtomicFile.writeText(file, "x"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("create it first");
    }
}
