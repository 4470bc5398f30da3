package io.zigma.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A file system in memory that is really full when it is full, and read-only on request. */
final class SmallDisk implements AutoCloseable {

    private final Path place;

    private SmallDisk(Path place) {
        this.place = place;
    }

    /**
     * Mounts one; a test that may not is skipped and says so.
     *
     * @param place an empty folder
     * @param kibibytes how much it holds
     */
    static SmallDisk mount(Path place, int kibibytes) throws Exception {
        Files.createDirectories(place);
        assumeTrue(
                command("mount", "-t", "tmpfs", "-o", size(kibibytes), "tmpfs", place.toString()),
                "a small file system cannot be mounted here (that takes root on Linux)");
        return new SmallDisk(place);
    }

    /** Makes it larger or smaller. */
    void resize(int kibibytes) throws Exception {
        require("mount", "-o", "remount,rw," + size(kibibytes), place.toString());
    }

    /** Makes it read-only, even for root. */
    void makeReadOnly() throws Exception {
        require("mount", "-o", "remount,ro", place.toString());
    }

    /** Returns where it is. */
    Path place() {
        return place;
    }

    @Override
    public void close() throws Exception {
        // what is mapped into memory still need not keep it from going
        require("umount", "-l", place.toString());
    }

    private static String size(int kibibytes) {
        return "size=%sk".formatted(kibibytes);
    }

    private static void require(String... words) throws Exception {
        if (!command(words)) {
            throw new IOException(String.join(" ", words) + " failed");
        }
    }

    private static boolean command(String... words) throws Exception {
        try {
            Process process =
                    new ProcessBuilder(words)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false; // there is no such command
        }
    }
}
