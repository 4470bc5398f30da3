package io.zigma.pipeline;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Writes a file beside its place and renames it, so that a reader sees the old file or the whole
 * new one, never half of it.
 */
final class FileBeside {

    /** Fills a file that does not exist yet. */
    @FunctionalInterface
    interface Writer {
        void writeTo(Path unfinished) throws IOException;
    }

    private FileBeside() {}

    /**
     * Writes, flushes to the disk, renames; an existing file is replaced, a failed one removed.
     *
     * @param place where the finished file belongs
     * @param writer writes the content
     * @throws IOException if the folder cannot be written to
     */
    static void write(Path place, Writer writer) throws IOException {
        Path name = place.getFileName();
        if (name == null) {
            throw new IOException("'" + place + "' is not a file name");
        }
        Path unfinished =
                place.resolveSibling(
                        "." + name + "." + ProcessHandle.current().pid() + ".unfinished");
        try {
            writer.writeTo(unfinished);
            try (FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            try {
                Files.move(unfinished, place, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(unfinished, place, StandardCopyOption.REPLACE_EXISTING);
            }
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }
}
