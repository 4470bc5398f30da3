package io.zigma.convert;

import com.google.errorprone.annotations.FormatMethod;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The bytes of pickles, read once from front to back; it counts its offset, and checks every length
 * against the bytes that are left.
 */
public final class PickleInput {

    /** The pickle of a model with 48 layers and its optimiser is below 2 MB. */
    static final long MOST_BYTES = 64L << 20;

    private static final int LONGEST_LINE = 256;

    private final String source;
    private final InputStream bytes;
    private final long end;
    private long offset;

    /**
     * Creates an input at the first byte.
     *
     * @param source file, or file and entry, for messages
     * @param bytes the bytes, best buffered
     * @param size how many there are
     */
    public PickleInput(String source, InputStream bytes, long size) {
        this.source = source;
        this.bytes = bytes;
        end = Math.min(size, MOST_BYTES);
    }

    /** Bytes read so far. */
    long offset() {
        return offset;
    }

    /** Makes the exception for an error at an offset. */
    @FormatMethod
    TorchException refuse(long at, String sentence, Object... parts) {
        return new TorchException(
                source + ", offset " + at + ": " + String.format(Locale.ROOT, sentence, parts));
    }

    int unsignedByte() throws IOException {
        requireLeft(1);
        int value = bytes.read();
        if (value < 0) {
            throw cutOff();
        }
        offset++;
        return value;
    }

    int unsignedShort() throws IOException {
        return Short.toUnsignedInt(block(Short.BYTES).getShort());
    }

    int integer() throws IOException {
        return block(Integer.BYTES).getInt();
    }

    long unsignedInteger() throws IOException {
        return Integer.toUnsignedLong(integer());
    }

    long longInteger() throws IOException {
        return block(Long.BYTES).getLong();
    }

    /** A float64, which pickles store with the high byte first. */
    double real() throws IOException {
        return block(Double.BYTES).order(ByteOrder.BIG_ENDIAN).getDouble();
    }

    byte[] bytes(long count) throws IOException {
        requireLeft(count);
        byte[] read = bytes.readNBytes((int) count);
        if (read.length < count) {
            throw cutOff();
        }
        offset += count;
        return read;
    }

    /** UTF-8 text of so many bytes. */
    String text(long count) throws IOException {
        long at = offset;
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes(count)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw refuse(at, "a text is not UTF-8");
        }
    }

    /** Text up to the end of the line, without it. */
    String line() throws IOException {
        long at = offset;
        StringBuilder line = new StringBuilder();
        for (int next = unsignedByte(); next != '\n'; next = unsignedByte()) {
            if (line.length() == LONGEST_LINE) {
                throw refuse(at, "a name is longer than %d letters", LONGEST_LINE);
            }
            line.append((char) next);
        }
        return line.toString();
    }

    private ByteBuffer block(int count) throws IOException {
        return ByteBuffer.wrap(bytes(count)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void requireLeft(long count) throws TorchException {
        if (count < 0 || count > end - offset) {
            throw end == MOST_BYTES
                    ? refuse(offset, "a checkpoint's structure needs no more than %d bytes", end)
                    : cutOff();
        }
    }

    private TorchException cutOff() {
        return refuse(offset, "the bytes end in the middle; the file is cut off or damaged");
    }
}
