package io.zigma.io;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/** A folder that results are written to, under exactly the name that the user gave. */
public final class OutputFolder {

    private OutputFolder() {}

    /**
     * Follows a link to its folder, whether or not that exists.
     *
     * @param named a path as the user gave it
     * @return an absolute path that is no link
     * @throws IOException if the links form a cycle
     */
    public static Path place(Path named) throws IOException {
        return OutputFile.followed(named.toAbsolutePath().normalize());
    }

    /**
     * Tests whether files can be made in a folder, and the folder itself where it does not exist.
     * Permissions alone do not suffice: it may be on a read-only or special file system, or its
     * name may be too long. Existing files are not changed; what is made is removed.
     *
     * @param named the folder as the user gave it
     * @throws IOException in one line with the reason and what to do
     */
    public static void requireWritable(Path named) throws IOException {
        Path place = place(named);
        try {
            if (Files.exists(place)) {
                Files.delete(Files.createTempFile(place, ".zigma", ".probe"));
            } else {
                makeAndRemove(place);
            }
        } catch (AccessDeniedException e) {
            throw refused(named, "you may not write to folder " + existing(place));
        } catch (NoSuchFileException e) {
            // thrown by special file systems such as /proc
            throw refused(named, "nothing can be made in folder " + existing(place));
        } catch (IOException e) {
            throw StorageException.of(named, e);
        }
    }

    private static IOException refused(Path named, String reason) {
        return StorageException.of(named, new FileSystemException(named.toString(), null, reason));
    }

    private static Path existing(Path place) {
        Path at = place;
        while (at.getParent() != null && !Files.exists(at)) {
            at = at.getParent();
        }
        return at;
    }

    private static void makeAndRemove(Path place) throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        for (Path at = place; at != null && !Files.exists(at); at = at.getParent()) {
            missing.push(at);
        }
        Deque<Path> made = new ArrayDeque<>();
        try {
            for (Path folder : missing) {
                try {
                    Files.createDirectory(folder);
                    made.push(folder);
                } catch (FileAlreadyExistsException e) {
                    continue; // made by another process this moment
                }
            }
        } finally {
            for (Path folder : made) {
                removeUnlessUsed(folder);
            }
        }
    }

    private static void removeUnlessUsed(Path folder) throws IOException {
        try {
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException e) {
            return; // another process has begun to use it
        }
    }
}
