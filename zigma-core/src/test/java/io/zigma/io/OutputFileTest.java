package io.zigma.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zigma.testing.Mount;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kinds of files that a user may name, and how they are written. */
@DisabledOnOs(OS.WINDOWS)
class OutputFileTest {

    @TempDir Path folder;

    @Test
    void aNewNameIsTriedAndLeavesNothing() throws IOException {
        OutputFile file = OutputFile.of(folder.resolve("a.png"));

        file.requireFree(false);
        file.requireWritable();

        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aFileThatIsThereIsRefusedUnlessItMayBeReplaced() throws IOException {
        Path path = Files.writeString(folder.resolve("a.png"), "mine");
        OutputFile file = OutputFile.of(path);

        assertThatThrownBy(() -> file.requireFree(false)).hasMessageContaining("exists already");
        file.requireFree(true);
        file.requireWritable();
        assertThat(path).as("after trying").hasContent("mine");
    }

    @Test
    void aNameThatIsTooLongIsRefusedWithTheRemedy() {
        Path path = folder.resolve("x".repeat(300) + ".png");

        assertThatThrownBy(() -> OutputFile.of(path).requireWritable())
                .hasMessageStartingWith(path + " cannot be written: ")
                .hasMessageContaining("choose a shorter one")
                .hasMessageNotContaining("make room");
    }

    @Test
    void theLongestNameThatTheFileSystemTakesIsWritten() throws IOException {
        Path path = folder.resolve("x".repeat(251) + ".png");

        OutputFile.of(path).requireWritable();
        AtomicFile.writeText(path, "new");

        assertThat(path).hasContent("new");
    }

    @Test
    void aFileThatIsAMountPointIsWrittenInPlace() throws Exception {
        Path source = Files.writeString(folder.resolve("source.png"), "old and longer");
        Path path = Files.createFile(Files.createDirectory(folder.resolve("in")).resolve("a.png"));
        try (Mount mount = Mount.bind(source, path)) {
            OutputFile.of(path).requireWritable();
            AtomicFile.writeText(path, "new");

            assertThat(path).hasContent("new");
        }
        assertThat(source).as("what is mounted").hasContent("new");
        assertThat(path.getParent().toFile().list()).containsExactly("a.png");
    }

    @Test
    void aFileInAReadOnlyFolderIsWrittenInPlace() throws Exception {
        Path source = Files.writeString(folder.resolve("source.png"), "old and longer");
        Path inside = folder.resolve("in");
        try (Mount disk = Mount.inMemory(inside)) {
            Path path = Files.createFile(inside.resolve("a.png"));
            disk.readOnly();
            try (Mount mount = Mount.bind(source, path)) {
                OutputFile.of(path).requireWritable();
                AtomicFile.writeText(path, "new");
            }
        }
        assertThat(source).hasContent("new");
    }

    @Test
    void aWriteThatFailsLeavesAMountPointAsItWas() throws Exception {
        Path source = Files.writeString(folder.resolve("source.png"), "old");
        Path path = Files.createFile(folder.resolve("a.png"));
        try (Mount mount = Mount.bind(source, path)) {
            assertThatThrownBy(
                            () ->
                                    AtomicFile.write(
                                            path,
                                            channel -> {
                                                channel.write(ByteBuffer.allocate(9));
                                                throw new IOException("the model is wrong");
                                            }))
                    .hasMessageContaining("the model is wrong");
            assertThat(path).hasContent("old");
        }
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("source.png", "a.png");
    }

    @Test
    void aMountPointWithoutSpaceRetainsItsContent() throws Exception {
        Path small = folder.resolve("small");
        Path path = Files.createFile(folder.resolve("a.png"));
        try (Mount disk = Mount.inMemory(small)) {
            Path source = Files.writeString(small.resolve("source.png"), "old");
            try (Mount mount = Mount.bind(source, path)) {
                assertThatThrownBy(() -> AtomicFile.writeText(path, "n".repeat(1 << 20)))
                        .hasMessageContaining("No space left")
                        .hasMessageContaining("make room");
                assertThat(path).hasContent("old");
            }
        }
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("small", "a.png");
    }

    @Test
    void aReadOnlyMountPointIsRefusedBeforeTheWork() throws Exception {
        Path source = Files.writeString(folder.resolve("source.png"), "old");
        Path path = Files.createFile(folder.resolve("a.png"));
        try (Mount mount = Mount.bind(source, path).readOnly()) {
            OutputFile file = OutputFile.of(path);

            assertThatThrownBy(file::requireWritable)
                    .hasMessageContaining("cannot be written: Read-only file system; ")
                    .hasMessageContaining("choose another place")
                    .hasMessageNotContaining("make room");
        }
    }

    @Test
    void aWriteProtectedFileIsRefusedBeforeTheWork() throws IOException {
        Path path = Files.writeString(folder.resolve("a.png"), "old");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("r--r--r--"));
        assumeFalse(Files.isWritable(path), "root may write to every file");
        OutputFile file = OutputFile.of(path);

        assertThatThrownBy(file::requireWritable)
                .hasMessageContaining("you may not write there")
                .hasMessageContaining("permissions");
    }

    @Test
    void aFifoIsWrittenThroughAndStays() throws Exception {
        Path path = folder.resolve("a.png");
        assumeTrue(Mount.run("mkfifo", path.toString()), "there is no mkfifo here");
        OutputFile file = OutputFile.of(path);

        file.requireFree(false);
        assertTimeoutPreemptively(
                Duration.ofSeconds(20), file::requireWritable, "trying it waits for no reader");
        CompletableFuture<byte[]> read =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return Files.readAllBytes(path);
                            } catch (IOException e) {
                                throw new java.io.UncheckedIOException(e);
                            }
                        });
        AtomicFile.writeText(path, "new");

        assertThat(read.get()).asString().isEqualTo("new");
        assertThat(Files.readAttributes(path, "isOther").get("isOther")).isEqualTo(true);
        assertThat(folder.toFile().list()).containsExactly("a.png");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aDeviceIsWrittenThroughAndStays() throws IOException {
        Path path = Path.of("/dev/null");
        OutputFile file = OutputFile.of(path);

        file.requireFree(false);
        file.requireWritable();
        AtomicFile.writeText(path, "new");

        assertThat(Files.readAttributes(path, "isOther").get("isOther")).isEqualTo(true);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFullDeviceIsReported() {
        Path path = Path.of("/dev/full");

        assertThatThrownBy(() -> AtomicFile.writeText(path, "new"))
                .hasMessageStartingWith("/dev/full cannot be written: No space left on device; ")
                .hasMessageContaining("make room");
        assertThat(path).exists();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFileSystemThatAllowsNoNewFilesIsNotReportedAsFull() throws IOException {
        OutputFile file = OutputFile.of(Path.of("/proc/a.png"));

        assertThatThrownBy(file::requireWritable)
                .hasMessageContaining("no file can be made in folder /proc; choose another place")
                .hasMessageNotContaining("make room");
    }

    @Test
    void aSocketIsRefusedBeforeTheWork() throws IOException {
        Path path = folder.resolve("s.png");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            OutputFile file = OutputFile.of(path);

            assertThatThrownBy(file::requireWritable)
                    .hasMessageStartingWith(path + " cannot be written: ");
        }
    }

    @Test
    void aDanglingLinkMakesTheFileThatItPointsTo() throws IOException {
        Path target = Files.createDirectory(folder.resolve("there")).resolve("b.png");
        Path link = Files.createSymbolicLink(folder.resolve("a.png"), Path.of("there", "b.png"));
        OutputFile file = OutputFile.of(link);

        file.requireFree(false);
        file.requireWritable();
        assertThat(target).as("after trying").doesNotExist();
        AtomicFile.writeText(link, "new");

        assertThat(link).isSymbolicLink().hasContent("new");
        assertThat(target).isRegularFile();
    }

    @Test
    void aLinkStaysALinkWhenItsFileIsReplaced() throws IOException {
        Path target = Files.writeString(folder.resolve("b.png"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("a.png"), target);
        Path first = Files.createSymbolicLink(folder.resolve("first.png"), Path.of("a.png"));

        AtomicFile.writeText(first, "new");

        assertThat(first).isSymbolicLink();
        assertThat(link).isSymbolicLink();
        assertThat(target).isRegularFile().hasContent("new");
    }

    @Test
    void aDanglingLinkIntoAMissingFolderIsRefusedWithBothNames() throws IOException {
        Path target = folder.resolve("nowhere").resolve("b.png");
        Path link = Files.createSymbolicLink(folder.resolve("a.png"), target);

        assertThatThrownBy(() -> OutputFile.of(link))
                .hasMessageContaining(link + " cannot be written: it is a link to " + target)
                .hasMessageContaining("there is no folder " + target.getParent());
        assertThat(link).isSymbolicLink();
    }

    @Test
    void linksInACircleAreRefused() throws IOException {
        Path a = folder.resolve("a.png");
        Files.createSymbolicLink(a, folder.resolve("b.png"));
        Files.createSymbolicLink(folder.resolve("b.png"), a);

        assertThatThrownBy(() -> OutputFile.of(a)).hasMessageContaining("refers back to itself");
    }

    @Test
    void aFolderIsRefused() {
        assertThatThrownBy(() -> OutputFile.of(folder)).hasMessageContaining("is a folder");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"})
    @EnabledOnOs(OS.LINUX)
    void standardOutputHasSeveralNames(String name) {
        assertThat(OutputFile.isStandardOutput(Path.of(name))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a-", "./-", "/dev/stderr", "/dev/null", "/proc/1/fd/1", "1"})
    @EnabledOnOs(OS.LINUX)
    void othersAreNotStandardOutput(String name) {
        assertThat(OutputFile.isStandardOutput(Path.of(name))).isFalse();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aLinkToStandardOutputIsStandardOutput() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("a.png"), Path.of("/dev/stdout"));

        assertThat(OutputFile.isStandardOutput(link)).isTrue();
    }
}
