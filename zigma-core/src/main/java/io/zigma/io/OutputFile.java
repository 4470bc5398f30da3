package io.zigma.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.regex.Pattern;

/**
 * A file that a result is written to, under exactly the name that the user gave.
 *
 * <p>The kind of the file determines how it is written:
 *
 * <ul>
 *   <li>nothing yet, or a regular file: whole or not at all, in a temporary file beside it that is
 *       renamed when it is complete. Where that is impossible (a file that is a mount point, a
 *       folder that may not be written to) the complete bytes are copied into the file itself;
 *   <li>a FIFO or a character device: the bytes are written directly;
 *   <li>a link: the file that it points to, also where that does not exist yet. The link stays;
 *   <li>an open descriptor ({@code /dev/fd/3}, {@code /dev/stderr}): written directly, never
 *       renamed.
 * </ul>
 */
public final class OutputFile {

    /** As many as Linux follows (path_resolution(7)). */
    private static final int MOST_LINKS = 40;

    private static final Pattern DESCRIPTORS =
            Pattern.compile("/proc/\\d+(/task/\\d+)?/fd|/dev/fd");

    // st_mode of stat(2)
    private static final int TYPE = 0xf000;
    private static final int FIFO = 0x1000;
    private static final int BLOCK_DEVICE = 0x6000;

    private enum Kind {
        NEW,
        FILE,
        STREAM,
        DESCRIPTOR
    }

    private final Path named;
    private final Path place;
    private final Kind kind;

    private OutputFile(Path named, Path place, Kind kind) {
        this.named = named;
        this.place = place;
        this.kind = kind;
    }

    /**
     * Resolves a name; nothing is changed.
     *
     * @param named a path as the user gave it
     * @return the file that will be written
     * @throws IOException in one line if no file can be there: its folder is missing, it is a
     *     folder itself, or a link that points nowhere
     */
    public static OutputFile of(Path named) throws IOException {
        Path place = followed(named);
        if (isDescriptor(place)) {
            return new OutputFile(named, place, Kind.DESCRIPTOR);
        }
        Path folder = place.getParent();
        if (folder == null || Files.isDirectory(place)) {
            throw new IOException("%s is a folder; name a file in it".formatted(named));
        }
        requireFolder(folder, named, place);
        try {
            return new OutputFile(named, place, kind(place));
        } catch (NoSuchFileException e) {
            return new OutputFile(named, place, Kind.NEW);
        } catch (FileSystemException e) {
            throw StorageException.of(named, e);
        }
    }

    /**
     * Follows a link to its target, whether or not that exists.
     *
     * @param path any path
     * @return the absolute path after following all links of its last name; an open descriptor is
     *     not followed
     * @throws IOException if the links form a cycle
     */
    static Path followed(Path path) throws IOException {
        Path at = path.toAbsolutePath();
        for (int links = 0; Files.isSymbolicLink(at) && !isDescriptor(at); links++) {
            if (links == MOST_LINKS) {
                throw new IOException(
                        "%s is a link that refers back to itself; remove it or choose another name"
                                .formatted(path));
            }
            at = at.resolveSibling(Files.readSymbolicLink(at));
        }
        return at;
    }

    private static boolean isDescriptor(Path path) {
        Path folder = path.getParent();
        if (folder == null || !path.startsWith("/proc") && !path.startsWith("/dev")) {
            return false;
        }
        try {
            return DESCRIPTORS.matcher(folder.toRealPath().toString()).matches();
        } catch (IOException e) {
            return false; // no such folder, so no descriptor in it
        }
    }

    private static void requireFolder(Path folder, Path named, Path place) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        boolean link = !place.equals(named.toAbsolutePath());
        throw new IOException(
                "%s cannot be written: %sthere is no folder %s; create it first"
                        .formatted(
                                named,
                                link ? "it is a link to %s, and ".formatted(place) : "",
                                folder.normalize()));
    }

    private static Kind kind(Path place) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(place, BasicFileAttributes.class);
        return attributes.isRegularFile() ? Kind.FILE : Kind.STREAM;
    }

    /**
     * Returns whether a name means this process's standard output.
     *
     * @param named a path as the user gave it
     * @return true for {@code -}, {@code /dev/stdout} and links to it
     */
    public static boolean isStandardOutput(Path named) {
        if (named.equals(Path.of("-"))) {
            return true;
        }
        try {
            Path place = followed(named);
            return isDescriptor(place)
                    && place.getFileName().equals(Path.of("1"))
                    && isOwn(place.getParent());
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isOwn(Path descriptors) throws IOException {
        Path own = Path.of("/proc/self/fd");
        return !Files.exists(own) || Files.isSameFile(descriptors, own);
    }

    /**
     * Returns the file that is written, after following all links.
     *
     * @return an absolute path
     */
    public Path place() {
        return place;
    }

    /**
     * Returns whether bytes go to a reader and are not stored under the name.
     *
     * @return true for a FIFO, a device and an open descriptor
     */
    public boolean streams() {
        return kind == Kind.STREAM || kind == Kind.DESCRIPTOR;
    }

    /**
     * Checks that no existing file would be replaced.
     *
     * @param force whether it may be replaced
     * @throws IOException if there is one that may not
     */
    public void requireFree(boolean force) throws IOException {
        if (kind == Kind.FILE && !force) {
            throw new IOException(
                    "%s exists already; choose another name or add --force to replace it"
                            .formatted(named));
        }
    }

    /**
     * Tests whether the file can be written under its name, so that no work is spent on a result
     * that cannot be saved. An existing file is not changed; a new file is made and removed.
     *
     * @throws IOException in one line with the reason and what to do
     */
    public void requireWritable() throws IOException {
        try {
            switch (kind) {
                case NEW -> tryNew();
                case FILE -> open(StandardOpenOption.WRITE).close();
                case STREAM -> tryStream();
                case DESCRIPTOR -> requireAccess();
            }
        } catch (IOException e) {
            throw StorageException.of(named, e);
        }
    }

    private void tryNew() throws IOException {
        try {
            open(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW).close();
        } catch (FileAlreadyExistsException e) {
            return; // another process's, made this moment: replaced like any file created in the
            // meantime
        } catch (AccessDeniedException e) {
            throw refused("you may not write to folder " + folder());
        } catch (NoSuchFileException e) {
            throw refused("no file can be made in folder " + folder());
        }
        Files.deleteIfExists(place);
    }

    private Path folder() {
        return place.getParent().normalize();
    }

    private FileSystemException refused(String reason) {
        return new FileSystemException(place.toString(), null, reason);
    }

    private void tryStream() throws IOException {
        int type = type();
        if (type == BLOCK_DEVICE) {
            throw refused("it is a disk and not a file on one");
        }
        if (type == FIFO) {
            // opening it would wait for a reader, and closing it again would end the reader
            requireAccess();
        } else {
            open(StandardOpenOption.WRITE).close();
        }
    }

    private void requireAccess() throws IOException {
        if (!Files.exists(place)) {
            throw refused("it is not open");
        }
        if (!Files.isWritable(place)) {
            throw new AccessDeniedException(place.toString());
        }
    }

    private int type() throws IOException {
        try {
            return (int) Files.getAttribute(place, "unix:mode") & TYPE;
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return 0; // a platform without such types
        }
    }

    private FileChannel open(StandardOpenOption... how) throws IOException {
        return FileChannel.open(place, how);
    }

    /**
     * Writes all of it.
     *
     * @param content writes the bytes one after another; a target that {@link #streams} has no
     *     positions
     * @throws IOException in one line with the reason and what to do; an existing file is
     *     unchanged, or the message says where the new bytes are
     */
    public void write(AtomicFile.Content content) throws IOException {
        try {
            if (streams()) {
                writeThrough(content);
            } else {
                writeWhole(content);
            }
        } catch (IOException e) {
            throw StorageException.of(named, e);
        }
    }

    private void writeThrough(AtomicFile.Content content) throws IOException {
        boolean regular = Files.isRegularFile(place); // a descriptor may be one too
        try (FileChannel channel =
                regular
                        ? open(StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)
                        : open(StandardOpenOption.WRITE)) {
            content.writeTo(channel);
        }
    }

    private void writeWhole(AtomicFile.Content content) throws IOException {
        // not a temporary file of the platform, whose permissions would keep other users out
        Path beside = place.resolveSibling(AtomicFile.beside());
        FileChannel created;
        try {
            created =
                    FileChannel.open(
                            beside, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
        } catch (FileSystemException e) {
            if (StorageFailure.of(beside, e).allowsAnotherName()) {
                writeByWayOfATemporaryFile(content, e);
                return;
            }
            throw e;
        }
        boolean needed = false;
        try {
            try (FileChannel channel = created) {
                content.writeTo(channel);
                channel.force(true);
            }
            try {
                Files.move(
                        beside,
                        place,
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            } catch (FileSystemException e) {
                // a mount point cannot be renamed over, but its content can change
                needed = true;
                copyInto(beside, e);
                needed = false;
            }
        } catch (IOException e) {
            needed = needed && e instanceof StorageException;
            throw e;
        } finally {
            if (!needed) {
                Files.deleteIfExists(beside);
            }
        }
        AtomicFile.flushFolder(beside.getParent());
    }

    /** For a file that can be written in a folder that cannot. */
    private void writeByWayOfATemporaryFile(AtomicFile.Content content, FileSystemException reason)
            throws IOException {
        if (kind == Kind.NEW) {
            throw reason; // if no file can be made beside it, it cannot be written either
        }
        openItself(reason).close();
        Path temporary = Files.createTempFile("zigma", ".part");
        boolean needed = false;
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                content.writeTo(channel);
            }
            needed = true;
            copyInto(temporary, reason);
            needed = false;
        } catch (IOException e) {
            needed = needed && e instanceof StorageException;
            throw e;
        } finally {
            if (!needed) {
                Files.deleteIfExists(temporary);
            }
        }
    }

    private FileChannel openItself(FileSystemException reason) throws IOException {
        try {
            return open(StandardOpenOption.WRITE);
        } catch (NoSuchFileException e) {
            throw reason; // nothing to write into: the first reason says more
        } catch (FileSystemException e) {
            e.addSuppressed(reason);
            throw e;
        }
    }

    /**
     * Copies complete bytes into the file itself.
     *
     * @throws StorageException if the copy failed half-way; it says where the bytes are
     */
    private void copyInto(Path complete, FileSystemException reason) throws IOException {
        try (FileChannel from = FileChannel.open(complete, StandardOpenOption.READ);
                FileChannel to = openItself(reason)) {
            requireRoom(from.size() - to.size(), reason);
            try {
                copy(from, to);
            } catch (IOException e) {
                throw StorageException.halfWritten(named, complete, e);
            }
        }
    }

    private void requireRoom(long more, FileSystemException reason) throws IOException {
        if (more > Files.getFileStore(place).getUsableSpace()) {
            FileSystemException full = refused("No space left on device");
            full.addSuppressed(reason);
            throw full;
        }
    }

    private static void copy(FileChannel from, FileChannel to) throws IOException {
        long size = from.size();
        for (long at = 0; at < size; ) {
            at += from.transferTo(at, size - at, to);
        }
        to.truncate(size);
        to.force(true);
    }
}
