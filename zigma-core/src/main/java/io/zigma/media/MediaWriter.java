package io.zigma.media;

import io.zigma.io.AtomicFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.List;

/**
 * A file format for generated pictures or videos. A new one is a class that implements this and a
 * line in {@link MediaFormats}.
 */
public interface MediaWriter {

    /**
     * Returns the name of the format.
     *
     * @return such as {@code "PNG"}
     */
    String name();

    /**
     * Returns the endings of its files' names.
     *
     * @return one or more in lower case with their dot, the common one first
     */
    List<String> endings();

    /**
     * Returns whether frames are shown one after another.
     *
     * @return false where a file is one still picture; several frames are then shown in a grid
     */
    boolean animates();

    /**
     * Writes a whole file. The same content gives the same bytes.
     *
     * @param out where to; it is not closed
     * @param content what the file shows, and the text as far as the format can hold text
     * @throws IOException if the bytes cannot be written
     * @throws IllegalArgumentException if the format cannot hold this, before anything is written
     */
    void write(OutputStream out, MediaContent content) throws IOException;

    /**
     * Writes a file whole or not at all; one that is there is replaced.
     *
     * @param file where to, see {@link io.zigma.io.OutputFile}
     * @param content what the file shows
     * @throws IOException if the file cannot be written
     * @throws IllegalArgumentException if the format cannot hold this
     */
    default void write(Path file, MediaContent content) throws IOException {
        AtomicFile.write(file, channel -> write(Channels.newOutputStream(channel), content));
    }
}
