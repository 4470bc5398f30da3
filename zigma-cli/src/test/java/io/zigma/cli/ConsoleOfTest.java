package io.zigma.cli;

import io.zigma.cli.terminal.Console;
import io.zigma.cli.terminal.ExitStatus;
import io.zigma.cli.terminal.WatchedOutput;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A console whose two streams a test reads afterwards. */
final class ConsoleOfTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Console console;

    private ConsoleOfTest(boolean terminal) {
        WatchedOutput results = new WatchedOutput(out);
        console = new Console(stream(results), stream(err), terminal, 80, results);
    }

    /** Returns a console that is a file or a pipe. */
    static ConsoleOfTest plain() {
        return new ConsoleOfTest(false);
    }

    /** Returns a console of 80 columns that a person watches. */
    static ConsoleOfTest terminal() {
        return new ConsoleOfTest(true);
    }

    private static PrintStream stream(OutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    /** Returns the console to write to. */
    Console console() {
        return console;
    }

    /** Runs the program on this console. */
    ExitStatus zigma(String... words) {
        return Main.run(List.of(words), console);
    }

    /** Returns what was written to standard output. */
    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    /** Returns the bytes that were written to standard output. */
    byte[] outBytes() {
        return out.toByteArray();
    }

    /** Returns what was written to standard error. */
    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
