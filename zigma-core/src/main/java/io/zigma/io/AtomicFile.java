package io.zigma.io;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Writes files whole or not at all: beside their place, flushed to the disk, then renamed. A reader
 * sees the old file or the new one, and so does whoever comes after a crash. {@link OutputFile} has
 * what happens where a name cannot be taken so.
 */
public final class AtomicFile {

    private static final Pattern LEFTOVER = Pattern.compile("\\.[0-9a-f-]{36}\\.part");

    private AtomicFile() {}

    /** Fills a file. */
    @FunctionalInterface
    public interface Content {

        /**
         * Writes everything.
         *
         * @param channel an empty file, flushed and closed by the caller
         * @throws IOException to leave the place as it is
         */
        void writeTo(FileChannel channel) throws IOException;
    }

    /**
     * Writes a file; one that is there already is replaced. Several threads or processes may write
     * the same file: one of them wins.
     *
     * @param place where it belongs; its folder must exist
     * @param content what it shall hold
     * @throws IOException if it cannot be written; nothing is left behind then
     */
    public static void write(Path place, Content content) throws IOException {
        OutputFile.of(place).write(content);
    }

    /**
     * Writes a text in UTF-8; a file that is there already is replaced.
     *
     * @param place where it belongs; its folder must exist
     * @param text all of it
     * @throws IOException if it cannot be written; nothing is left behind then
     */
    public static void writeText(Path place, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        write(place, channel -> Channels.newOutputStream(channel).write(bytes));
    }

    /**
     * Makes new names in a folder durable, where the system lets a folder be opened; Windows does
     * not and needs no such flush.
     *
     * @param folder an existing folder
     */
    public static void flushFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // the files themselves are on the disk already
            return;
        }
    }

    /** Returns a name for something that has not got its own yet. */
    static String beside() {
        return ".%s.part".formatted(UUID.randomUUID());
    }

    /**
     * Returns whether a process that was killed while it wrote left this.
     *
     * @param file a file or folder
     * @return true if it has the name that such things have until they are whole
     */
    public static boolean isLeftover(Path file) {
        return LEFTOVER.matcher(String.valueOf(file.getFileName())).matches();
    }
}
