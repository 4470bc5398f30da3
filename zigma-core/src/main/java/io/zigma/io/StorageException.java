package io.zigma.io;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A file could not be written: the disk is full, the folder is gone or read-only. What the platform
 * says of it rarely names the file.
 */
public final class StorageException extends IOException {

    private static final long serialVersionUID = 1L;

    private StorageException(String message, IOException cause) {
        super(message, cause);
    }

    /**
     * Says which file could not be written and why.
     *
     * @param place the file as the user knows it
     * @param failure what the platform, or a writer of some format, threw
     * @return one line with the file, the innermost reason, and what to do; the failure itself
     *     where it is one of ours, which says better what is wrong
     */
    public static IOException of(Path place, IOException failure) {
        if (!failure.getClass().getName().startsWith("java")) {
            return failure;
        }
        Throwable reason = failure;
        while (reason.getCause() != null) {
            reason = reason.getCause();
        }
        String why =
                reason.getMessage() == null
                        ? reason.getClass().getSimpleName()
                        : reason.getMessage().lines().findFirst().orElse("");
        return new StorageException(
                "%s cannot be written: %s; make room or choose another place, what was saved before is still there"
                        .formatted(place, why),
                failure);
    }
}
