package io.zigma.cli.terminal;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Where a command writes: results to {@code out}, messages to {@code err}.
 *
 * @param out standard output
 * @param err standard error
 * @param terminal whether {@code err} is a terminal, where a line may be redrawn
 * @param columns the terminal's width in characters
 * @param results what is below {@code out}
 */
public record Console(
        PrintStream out, PrintStream err, boolean terminal, int columns, WatchedOutput results) {

    private static final long FILTER_SECONDS = 2;

    /**
     * Returns the process's own streams, as the launcher found them.
     *
     * @return standard output and standard error
     */
    public static Console ofProcess() {
        Charset charset = charset();
        WatchedOutput results = new WatchedOutput(new FileOutputStream(FileDescriptor.out));
        boolean terminal =
                Boolean.getBoolean("zigma.stderr.terminal") && System.getenv("CI") == null;
        return new Console(
                new PrintStream(results, true, charset),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, charset),
                terminal,
                Integer.getInteger("zigma.stderr.columns", 80),
                results);
    }

    /** UTF-8 also in the C locale of containers and cron, where Java would write question marks. */
    private static Charset charset() {
        boolean windows =
                System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
        return windows ? Charset.defaultCharset() : StandardCharsets.UTF_8;
    }

    /**
     * Prints one line for the person at the keyboard, under the program's name.
     *
     * @param line without a line break
     */
    public void say(String line) {
        err.println("zigma: " + line);
    }

    /**
     * Checks that all results were written, and reports if not; there is no report of a pipe whose
     * reader has seen enough.
     *
     * @return whether all went out
     */
    public boolean wroteAll() {
        out.flush();
        Optional<IOException> failure = results.failure();
        failure.map(reason -> String.valueOf(reason.getMessage()))
                .filter(reason -> !reason.contains("pipe"))
                .ifPresent(
                        reason ->
                                say(
                                        "the results could not be written whole: %s"
                                                .formatted(reason)));
        return failure.isEmpty();
    }

    /**
     * Sends everything on its way.
     *
     * <p>The launcher puts a filter between this process and the real standard error. A caller that
     * waits for this process must find the filter's output written too, so its end is awaited.
     */
    public void finish() {
        out.flush();
        err.flush();
        if (Boolean.getBoolean("zigma.stderr.filtered")) {
            err.close();
            ProcessHandle.current()
                    .children()
                    .map(ProcessHandle::onExit)
                    .map(end -> end.completeOnTimeout(null, FILTER_SECONDS, TimeUnit.SECONDS))
                    .toList()
                    .forEach(CompletableFuture::join);
        }
    }
}
