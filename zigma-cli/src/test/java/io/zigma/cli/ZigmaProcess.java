package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The program in a process of its own, to which anything may happen. */
final class ZigmaProcess {

    private static final long PATIENCE_SECONDS = 120;

    private final Process process;
    private final Path out;
    private final Path err;

    private ZigmaProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /**
     * What a process left.
     *
     * @param status its exit status, 128 + n when signal n ended it
     * @param out its standard output
     * @param err its standard error
     */
    record Ended(int status, String out, String err) {

        /** Makes sure that it ended with a status and one line, without a stack trace. */
        Ended expectRefusal(int expected) {
            assertThat(err).as("standard error").doesNotContain("\tat ").contains("zigma: ");
            assertThat(status).as("exit status of: %s", err).isEqualTo(expected);
            return this;
        }
    }

    /**
     * Starts the program.
     *
     * @param where its working folder, in which its output is stored too
     * @param prefix words before java, such as those that set limits
     * @param words what is typed behind {@code zigma}
     */
    static ZigmaProcess start(Path where, List<String> prefix, List<String> words)
            throws IOException {
        Path out = Files.createTempFile(where, "out", ".txt");
        Path err = Files.createTempFile(where, "err", ".txt");
        List<String> command = new ArrayList<>(prefix);
        command.addAll(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-Xmx512m",
                        "-Dai.djl.offline=true",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName()));
        command.addAll(words);
        Process process =
                new ProcessBuilder(command)
                        .directory(where.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
        return new ZigmaProcess(process, out, err);
    }

    /** Runs the program to its end. */
    static Ended run(Path where, String... words) throws Exception {
        return start(where, List.of(), List.of(words)).await();
    }

    /** Returns what it has written to standard error so far. */
    String errSoFar() throws IOException {
        return Files.readString(err);
    }

    /** Sends a signal, such as KILL. */
    void signal(String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    }

    /** Waits for the end, but only so long; tells whether it came. */
    boolean endsWithin(long milliseconds) throws InterruptedException {
        return process.waitFor(milliseconds, TimeUnit.MILLISECONDS);
    }

    /** Waits for the end. */
    Ended await() throws Exception {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new AssertionError("no end within %s s".formatted(PATIENCE_SECONDS));
        }
        Ended ended = new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
        Files.delete(out);
        Files.delete(err);
        return ended;
    }
}
