package io.zigma.train.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointStoreTest {

    @TempDir Path root;

    private CheckpointStore store;

    @BeforeEach
    void makeStore() throws IOException {
        store = new CheckpointStore(RunFolder.create(root));
    }

    @Test
    void aWrittenCheckpointIsCompleteAndTheNewest() throws IOException {
        write(20, 3);
        write(100, 3);
        assertThat(store.steps()).containsExactly(20L, 100L);
        assertThat(store.newest()).hasValue(store.folder(100));
        assertThat(store.folder(100).resolve("weights")).hasContent("weights of 100");
    }

    @Test
    void onlyTheLastOnesStay() throws IOException {
        for (long step = 1; step <= 5; step++) {
            write(step, 2);
        }
        assertThat(store.steps()).containsExactly(4L, 5L);
        assertThat(root.resolve("checkpoints")).isDirectoryNotContaining("glob:**{1,2,3}*");
    }

    @Test
    void aFolderWithoutItsMarkerIsNoCheckpoint() throws IOException {
        write(10, 3);
        write(20, 3);
        Files.delete(store.folder(20).resolve(CheckpointStore.MARKER));
        assertThat(store.newest()).hasValue(store.folder(10));
    }

    @Test
    void aFolderWithATruncatedFileIsNoCheckpoint() throws IOException {
        write(10, 3);
        Files.writeString(store.folder(10).resolve("weights"), "cut");
        assertThat(store.newest()).isEmpty();
    }

    @Test
    void aWriteThatFailsLeavesTheOldCheckpointsAlone() throws IOException {
        write(10, 1);
        assertThatThrownBy(
                        () ->
                                store.write(
                                        20,
                                        1,
                                        folder -> {
                                            Files.writeString(folder.resolve("weights"), "half");
                                            throw new IOException("disk full");
                                        }))
                .hasMessageStartingWith(store.folder(20) + " cannot be written: disk full; ");
        assertThat(store.newest()).hasValue(store.folder(10));
        assertThat(root.resolve("checkpoints").toFile().list()).containsExactly("00000010");
    }

    @Test
    void leftoversOfFailedWritesGoWhenAsked() throws IOException {
        Path leftover = root.resolve("checkpoints/.00000020.partial");
        Files.createDirectories(leftover);
        Files.writeString(leftover.resolve("weights"), "half");
        store.removeLeftovers();
        assertThat(leftover).doesNotExist();
    }

    @Test
    void aFinishedCheckpointIsNotWrittenAgain() throws IOException {
        write(10, 3);
        store.write(10, 3, folder -> Files.writeString(folder.resolve("weights"), "other"));
        assertThat(store.folder(10).resolve("weights")).hasContent("weights of 10");
    }

    private void write(long step, int keep) throws IOException {
        store.write(
                step,
                keep,
                folder -> Files.writeString(folder.resolve("weights"), "weights of " + step));
    }
}
