package io.zigma.cli;

import io.zigma.cli.option.UsageException;
import io.zigma.engine.EngineStartException;
import io.zigma.op.MemoryExhaustion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/** What went wrong, in one line for a user. */
public final class FailureLine {

    private FailureLine() {}

    /**
     * Returns the line of a failure.
     *
     * @param failure what a command threw
     * @return its message where that is meant for users, else a line that names its kind
     */
    public static String of(Throwable failure) {
        if (failure instanceof UncheckedIOException && failure.getCause() != null) {
            return of(failure.getCause());
        }
        String message = Optional.ofNullable(failure.getMessage()).orElse("").strip();
        if (failure instanceof NoSuchFileException) {
            return message + " does not exist";
        }
        if (failure instanceof AccessDeniedException) {
            return message + " may not be read or written by you";
        }
        if (failure instanceof FileSystemException) {
            return message.lines().findFirst().orElse("a file cannot be used");
        }
        if (failure instanceof OutOfMemoryError) {
            return "not enough memory (%s); use a smaller batch".formatted(message);
        }
        if (MemoryExhaustion.caused(failure)) {
            return "not enough memory (%s); use a smaller batch"
                    .formatted(message.lines().findFirst().orElse(""));
        }
        boolean meantForUsers =
                failure instanceof UsageException
                        || failure instanceof EngineStartException
                        || failure instanceof IOException
                        || failure instanceof IllegalArgumentException
                        || failure instanceof IllegalStateException;
        String line = message.lines().findFirst().orElse("");
        if (meantForUsers && !line.isEmpty()) {
            return line;
        }
        return "unexpected %s%s (--debug shows where)"
                .formatted(failure.getClass().getSimpleName(), line.isEmpty() ? "" : ": " + line);
    }
}
