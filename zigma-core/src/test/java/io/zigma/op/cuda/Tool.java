package io.zigma.op.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Programs that these tests run, and what they run them on. */
final class Tool {

    /** What a program left. */
    record Result(int status, String output) {}

    private Tool() {}

    /** Runs a program to its end, at most five minutes. */
    static Result run(List<String> command) {
        try {
            Path output = Files.createTempFile("zigma-tool", ".txt");
            try {
                Process process =
                        new ProcessBuilder(command)
                                .redirectErrorStream(true)
                                .redirectOutput(output.toFile())
                                .start();
                if (!process.waitFor(5, TimeUnit.MINUTES)) {
                    process.destroyForcibly().waitFor();
                    return new Result(-1, "takes more than five minutes: " + command);
                }
                return new Result(process.exitValue(), Files.readString(output));
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns whether the program is there and runs. */
    static boolean runs(List<String> command) {
        try {
            return run(command).status() == 0;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /** Returns the folder of the kernels as they are in the jar. */
    static Path kernels() {
        try {
            return Path.of(
                            Objects.requireNonNull(
                                            Tool.class.getResource("common.cuh"),
                                            "the kernels are not on the class path")
                                    .toURI())
                    .getParent();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
