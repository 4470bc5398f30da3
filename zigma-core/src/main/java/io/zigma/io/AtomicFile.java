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
 * Writes files whole or not at all: into a temporary file in the same folder, flushed to the disk,
 * then renamed. A reader sees the old file or the new one, also after a crash. {@link OutputFile}
 * covers targets that cannot be replaced by renaming.
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
         * @throws IOException to leave the target unchanged
         */
        void writeTo(FileChannel channel) throws IOException;
    }

    /**
     * Writes a file; one that is there already is replaced. Several threads or processes may write
     * the same file: one of them wins.
     *
     * @param place the target; its folder must exist
     * @param content writes the content
     * @throws IOException if it cannot be written; nothing is left behind then
     */
    public static void write(Path place, Content content) throws IOException {
        OutputFile.of(place).write(content);
    }

    /**
     * Writes a text in UTF-8; a file that is there already is replaced.
     *
     * @param place the target; its folder must exist
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

    /**
     * Returns a name for a temporary file or folder.
     *
     * @return another name each time, which {@link #isLeftover} knows
     */
    public static String beside() {
        return ".%s.part".formatted(UUID.randomUUID());
    }

    /**
     * Returns whether this is the temporary file or folder of a write that did not end.
     *
     * @param file a file or folder
     * @return true if it has the name of a temporary file
     */
    public static boolean isLeftover(Path file) {
        return LEFTOVER.matcher(String.valueOf(file.getFileName())).matches();
    }
}
