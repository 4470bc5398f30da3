package io.zigma.media;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The chunks of a WebP file (RFC 9649, section 2.3), put one behind the other. */
final class RiffChunks {

    /** Flags of the extended header. */
    static final int ANIMATED = 0x02;

    static final int WITH_EXIF = 0x08;

    private static final int HEADER_BYTES = 12;
    private static final int EXTENDED_BYTES = 10;
    private static final int FRAME_BYTES = 16;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** Adds a chunk of any kind. */
    RiffChunks add(String name, byte[] content) {
        ByteBuffer head = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        head.put(name.getBytes(StandardCharsets.ISO_8859_1)).putInt(content.length);
        bytes.writeBytes(head.array());
        bytes.writeBytes(content);
        if ((content.length & 1) == 1) {
            bytes.write(0);
        }
        return this;
    }

    /** Adds chunks that are written already. */
    RiffChunks addAll(byte[] chunks) {
        bytes.writeBytes(chunks);
        return this;
    }

    /**
     * Adds the extended header.
     *
     * @param flags what the file has
     * @param width of the canvas
     * @param height of the canvas
     */
    RiffChunks extended(int flags, int width, int height) {
        ByteBuffer header = ByteBuffer.allocate(EXTENDED_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(flags).put(little24(width - 1)).put(little24(height - 1));
        return add("VP8X", header.array());
    }

    /**
     * Adds the header of an animation.
     *
     * @param background that programs do not show
     * @param loops how often it is shown, 0 for without end
     */
    RiffChunks animation(int background, int loops) {
        ByteBuffer header = ByteBuffer.allocate(6).order(ByteOrder.LITTLE_ENDIAN);
        return add("ANIM", header.putInt(background).putShort((short) loops).array());
    }

    /**
     * Adds a frame of an animation.
     *
     * @param area where it is; left and top are even
     * @param millis how long it is shown
     * @param flags 1 if its rectangle is cleared after it, 2 if it replaces what was there
     * @param pixels its chunks
     */
    RiffChunks frame(Canvas.Area area, int millis, int flags, byte[] pixels) {
        ByteBuffer frame = ByteBuffer.allocate(FRAME_BYTES + pixels.length);
        frame.put(little24(area.left() / 2))
                .put(little24(area.top() / 2))
                .put(little24(area.width() - 1))
                .put(little24(area.height() - 1))
                .put(little24(millis))
                .put((byte) flags)
                .put(pixels);
        return add("ANMF", frame.array());
    }

    private static byte[] little24(int value) {
        return new byte[] {(byte) value, (byte) (value >> 8), (byte) (value >> 16)};
    }

    /** Returns the chunks without a file around them. */
    byte[] bytes() {
        return bytes.toByteArray();
    }

    /** Returns the chunks as a file. */
    byte[] file() {
        byte[] content = bytes();
        return ByteBuffer.allocate(HEADER_BYTES + content.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("RIFF".getBytes(StandardCharsets.ISO_8859_1))
                .putInt(4 + content.length)
                .put("WEBP".getBytes(StandardCharsets.ISO_8859_1))
                .put(content)
                .array();
    }
}
