package io.zigma.train.run;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * {@code log.jsonl}: one JSON object a line, each with its {@code step}, in rising order.
 *
 * <p>A resumed run repeats the steps after its checkpoint, so their lines are cut off first; so is
 * a line that a crash left without its end.
 */
public final class EventLog implements AutoCloseable {

    private final Path file;
    private final FileChannel channel;

    private EventLog(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Opens the log to continue after a step.
     *
     * @param file the log, made if it is not there
     * @param lastStep lines of later steps are removed; 0 for a new run
     * @return the log, at its end
     * @throws IOException if the file cannot be read or written
     */
    public static EventLog open(Path file, long lastStep) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            channel.truncate(lengthUpTo(Files.readAllBytes(file), lastStep));
            channel.position(channel.size());
            return new EventLog(file, channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Returns the length of the leading whole lines whose steps are not past the last one. */
    private static long lengthUpTo(byte[] bytes, long lastStep) {
        int start = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                if (stepOf(new String(bytes, start, i - start, StandardCharsets.UTF_8))
                        > lastStep) {
                    return start;
                }
                start = i + 1;
            }
        }
        return start;
    }

    private static long stepOf(String line) {
        try {
            return JsonParser.parseString(line).getAsJsonObject().get("step").getAsLong();
        } catch (JsonParseException | IllegalStateException | NullPointerException e) {
            return Long.MAX_VALUE; // not ours: cut here
        }
    }

    /**
     * Appends a line.
     *
     * @param event an object with a {@code step}
     * @throws IOException if it cannot be written
     */
    public void append(JsonObject event) throws IOException {
        byte[] line = (event + "\n").getBytes(StandardCharsets.UTF_8);
        Durable.writeFully(file, channel, ByteBuffer.wrap(line));
    }

    /**
     * Waits until all lines are on the disk.
     *
     * @throws IOException if they cannot be
     */
    public void flush() throws IOException {
        channel.force(false);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
