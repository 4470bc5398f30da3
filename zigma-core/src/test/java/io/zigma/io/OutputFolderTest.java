package io.zigma.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zigma.checkpoint.Staging;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class OutputFolderTest {

    @TempDir Path folder;

    @Test
    void aNewFolderIsTriedWithAllAboveItAndLeavesNothing() throws IOException {
        OutputFolder.requireWritable(folder.resolve("a/b/c"));

        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aFolderThatIsThereIsTriedAndLeftAsItIs() throws IOException {
        Files.writeString(folder.resolve("mine"), "mine");

        OutputFolder.requireWritable(folder);

        assertThat(folder.toFile().list()).containsExactly("mine");
    }

    @Test
    void aNameThatIsTooLongIsRefusedAndNoParentFolderIsLeft() {
        Path named = folder.resolve("a").resolve("x".repeat(300));

        assertThatThrownBy(() -> OutputFolder.requireWritable(named))
                .hasMessageStartingWith(named + " cannot be written: ")
                .hasMessageContaining("choose a shorter one");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFolderOnASpecialFileSystemIsRefused() {
        assertThatThrownBy(() -> OutputFolder.requireWritable(Path.of("/proc/run")))
                .hasMessageStartingWith("/proc/run cannot be written: ")
                .hasMessageContaining("in folder /proc; choose another place");
    }

    @Test
    void aCheckpointIsWrittenToTheTargetOfADanglingLink() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("there"));
        try (Staging staging = Staging.in(link)) {
            Files.writeString(staging.folder().resolve("config.json"), "{}");
            staging.publish();
        }

        assertThat(link).isSymbolicLink();
        assertThat(folder.resolve("there/config.json")).hasContent("{}");
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("link", "there");
    }
}
