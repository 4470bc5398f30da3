package io.zigma.io;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;

/** Why a file could not be written, as far as the remedy differs. */
enum StorageFailure {
    FULL(
            "no space is left there",
            "make room or choose another place, what was saved before is still there"),
    NAME_TOO_LONG(
            "its name is too long",
            "choose a shorter one, most file systems take 255 bytes at most"),
    DENIED(
            "you may not write there",
            "change its permissions (chmod, chown) or choose another place"),
    READ_ONLY("it is on a read-only file system", "choose another place"),
    PROTECTED(
            "the system does not permit it",
            "it may be protected (lsattr, mount options); choose another place"),
    FILE_TOO_LARGE(
            "it grows too large",
            "raise the limit on file sizes (ulimit -f) or choose another file system"),
    TOO_MANY_OPEN("too many files are open", "raise the limit (ulimit -n)"),
    NO_READER("its reader has stopped reading", "keep the reader running until the end"),
    FOLDER_MISSING("its folder is not there", "create the folder or choose another place"),
    OTHER("", "choose another place");

    /** NAME_MAX of Linux's file systems, of APFS and NTFS in characters. */
    private static final int LONGEST_NAME = 255;

    private final String reason;
    private final String remedy;

    StorageFailure(String reason, String remedy) {
        this.reason = reason;
        this.remedy = remedy;
    }

    /**
     * Finds the reason: from the system's message where it is English, else from the state of the
     * file system.
     *
     * @param place what could not be written
     * @param failure what the platform threw, the innermost cause
     */
    static StorageFailure of(Path place, Throwable failure) {
        if (failure instanceof AccessDeniedException) {
            return DENIED;
        }
        if (failure instanceof NoSuchFileException || failure instanceof NotDirectoryException) {
            return FOLDER_MISSING;
        }
        String words = words(failure).toLowerCase(Locale.ROOT);
        if (words.contains("space left")
                || words.contains("quota")
                || words.contains("not enough space")) {
            return FULL;
        }
        if (words.contains("name too long") || isLong(place)) {
            return NAME_TOO_LONG;
        }
        if (words.contains("read-only")) {
            return READ_ONLY;
        }
        if (words.contains("permission denied")) {
            return DENIED;
        }
        if (words.contains("not permitted")) {
            return PROTECTED;
        }
        if (words.contains("file too large")) {
            return FILE_TOO_LARGE;
        }
        if (words.contains("too many open files")) {
            return TOO_MANY_OPEN;
        }
        if (words.contains("broken pipe")) {
            return NO_READER;
        }
        return byState(place);
    }

    private static StorageFailure byState(Path place) {
        Path existing = place.toAbsolutePath();
        while (existing.getParent() != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        try {
            FileStore store = Files.getFileStore(existing);
            if (store.isReadOnly()) {
                return READ_ONLY;
            }
            // /proc and its like have no space at all
            return store.getTotalSpace() > 0 && store.getUsableSpace() == 0 ? FULL : OTHER;
        } catch (IOException e) {
            return OTHER;
        }
    }

    private static boolean isLong(Path place) {
        Path name = place.getFileName();
        return name != null
                && name.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME;
    }

    /** Returns the first line of the platform's message, without the file's name before it. */
    private static String words(Throwable failure) {
        String said =
                failure instanceof FileSystemException system
                        ? system.getReason()
                        : failure.getMessage();
        return said == null ? "" : said.lines().findFirst().orElse("");
    }

    /** Returns the platform's message where there is one, else the reason. */
    String reason(Throwable failure) {
        String said = words(failure);
        if (!said.isEmpty()) {
            return said;
        }
        return reason.isEmpty() ? failure.getClass().getSimpleName() : reason;
    }

    /** Returns what to do. */
    String remedy() {
        return remedy;
    }

    /** Returns whether the same bytes may still fit into the existing file. */
    boolean allowsAnotherName() {
        return this == DENIED || this == READ_ONLY || this == PROTECTED || this == NAME_TOO_LONG;
    }
}
