package io.zigma.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A file that is a mount point, as containers have it; its name cannot be given to another. */
public final class Mount implements AutoCloseable {

    private final Path place;

    private Mount(Path place) {
        this.place = place;
    }

    /**
     * Mounts a file onto another; a test without the permission is skipped with a reason.
     *
     * @param source an existing file
     * @param place another one, which is hidden as long as this is open
     */
    public static Mount bind(Path source, Path place) throws Exception {
        mount("--bind", source.toString(), place.toString());
        return new Mount(place);
    }

    /**
     * Mounts a file system in memory; a test without the permission is skipped with a reason.
     *
     * @param place an empty folder
     */
    public static Mount inMemory(Path place) throws Exception {
        Files.createDirectories(place);
        mount("-t", "tmpfs", "-o", "size=256k", "tmpfs", place.toString());
        return new Mount(place);
    }

    private static void mount(String... words) throws Exception {
        String[] command = new String[words.length + 1];
        command[0] = "mount";
        System.arraycopy(words, 0, command, 1, words.length);
        assumeTrue(run(command), "nothing can be mounted here (that takes root on Linux)");
    }

    /** Makes it read-only, even for root. */
    public Mount readOnly() throws Exception {
        if (!run("mount", "-o", "remount,bind,ro", place.toString())) {
            throw new IOException(place + " cannot be made read-only");
        }
        return this;
    }

    @Override
    public void close() throws Exception {
        if (!run("umount", "-l", place.toString())) {
            throw new IOException(place + " cannot be unmounted");
        }
    }

    /** Runs a command and returns whether it succeeded; a test without the command is skipped. */
    public static boolean run(String... words) throws Exception {
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
