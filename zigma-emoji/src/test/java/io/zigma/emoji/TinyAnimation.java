package io.zigma.emoji;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/**
 * An animated WebP of a red disc of 16 pixels that stands somewhere else on a clear canvas of 64 ×
 * 64 in every frame: the files are put together of a still one, since no library writes them.
 */
final class TinyAnimation {

    /** 16 × 16, lossless: the disc is (220, 30, 40), around it everything is clear. */
    private static final String DISC =
            "UklGRjwAAABXRUJQVlA4TC8AAAAvD8ADEA8wHsM9KPMf8FATSYq0GSESkII0rCKB8L/wNET0PwCn4JTVZ7/VlGAnAAA=";

    static final int RED = 0xdc1e28;
    static final int SIDE = 64;

    private static final int DISC_SIDE = 16;
    private static final int FILE_HEADER = 12;
    private static final int DISPOSE_AND_NO_BLEND = 3;

    private final ByteArrayOutputStream chunks = new ByteArrayOutputStream();

    TinyAnimation() {
        this(SIDE, SIDE);
    }

    TinyAnimation(int width, int height) {
        ByteBuffer extended = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN);
        extended.putInt(0x12).put(little24(width - 1)).put(little24(height - 1));
        chunk("VP8X", extended.array());
        chunk("ANIM", new byte[6]);
    }

    /** Goes from the left edge to the right one and back, in steps that take equally long. */
    static TinyAnimation crossing(int frames) {
        TinyAnimation animation = new TinyAnimation();
        for (int i = 0; i < frames; i++) {
            double way = 1 - Math.abs(2.0 * i / frames - 1);
            animation.frame((int) (way * (SIDE - DISC_SIDE)), 24, 40);
        }
        return animation;
    }

    /** Adds a frame; places are even numbers, as the format has them. */
    TinyAnimation frame(int left, int top, int millis) {
        byte[] disc = Base64.getDecoder().decode(DISC);
        ByteBuffer frame = ByteBuffer.allocate(16 + disc.length - FILE_HEADER);
        frame.put(little24(left / 2))
                .put(little24(top / 2))
                .put(little24(DISC_SIDE - 1))
                .put(little24(DISC_SIDE - 1))
                .put(little24(millis))
                .put((byte) DISPOSE_AND_NO_BLEND)
                .put(disc, FILE_HEADER, disc.length - FILE_HEADER);
        chunk("ANMF", frame.array());
        return this;
    }

    /** Returns the file. */
    byte[] bytes() {
        byte[] content = chunks.toByteArray();
        return ByteBuffer.allocate(FILE_HEADER + content.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("RIFF".getBytes(StandardCharsets.ISO_8859_1))
                .putInt(4 + content.length)
                .put("WEBP".getBytes(StandardCharsets.ISO_8859_1))
                .put(content)
                .array();
    }

    /** Writes the file, and folders above it. */
    Path write(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        return Files.write(file, bytes());
    }

    private void chunk(String name, byte[] content) {
        ByteBuffer head = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        head.put(name.getBytes(StandardCharsets.ISO_8859_1)).putInt(content.length);
        chunks.writeBytes(head.array());
        chunks.writeBytes(content);
        if ((content.length & 1) == 1) {
            chunks.write(0);
        }
    }

    private static byte[] little24(int value) {
        return new byte[] {(byte) value, (byte) (value >> 8), (byte) (value >> 16)};
    }
}
