package io.zigma.io;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A file could not be written: the disk is full, the name too long, the folder gone or read-only.
 * The platform's message rarely names the file, and never says what to do.
 */
public final class StorageException extends IOException {

    private static final long serialVersionUID = 1L;

    private StorageException(String message, IOException cause) {
        super(message, cause);
    }

    /**
     * Describes which file could not be written and why.
     *
     * @param place the file as the user named it
     * @param failure what the platform, or a writer of some format, threw
     * @return one line with the file, the innermost reason, and what to do; the failure itself
     *     where it is an exception of this project, whose message is more precise
     */
    public static IOException of(Path place, IOException failure) {
        if (!failure.getClass().getName().startsWith("java")) {
            return failure;
        }
        Throwable reason = failure;
        while (reason.getCause() != null) {
            reason = reason.getCause();
        }
        StorageFailure kind = StorageFailure.of(place, reason);
        return new StorageException(
                "%s cannot be written: %s; %s".formatted(place, kind.reason(reason), kind.remedy()),
                failure);
    }

    /**
     * Describes a file that was only partly overwritten.
     *
     * @param place the file as the user named it
     * @param complete the file with all of the new content
     * @param failure what the platform threw
     */
    static StorageException halfWritten(Path place, Path complete, IOException failure) {
        StorageFailure kind = StorageFailure.of(place, failure);
        return new StorageException(
                "%s was not written to its end: %s; all of it is in %s, copy it from there"
                        .formatted(place, kind.reason(failure), complete),
                failure);
    }
}
