package io.zigma.media;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Videos as animated PNG, exact to the bit. Of every frame but the first only the rectangle is
 * written that differs from the frame before. The text is in chunks as in a still PNG.
 */
final class ApngWriter extends VideoWriter {

    private static final int SIGNATURE_BYTES = 8;
    private static final int CHUNK_BYTES = 12;
    private static final int TICKS = 1000;
    private static final int LONGEST_TICKS = 0xffff;

    ApngWriter() {
        super("APNG", ".apng");
    }

    /**
     * Writes a whole file.
     *
     * @throws IllegalArgumentException if a frame is shown for less than 1/1000 s or more than 65 s
     */
    @Override
    public void write(OutputStream out, MediaContent content) throws IOException {
        int[] ticks = content.ticks(TICKS, LONGEST_TICKS, name());
        List<BufferedImage> frames = sameKind(content.frames());
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        int sequence = 0;
        for (int i = 0; i < frames.size(); i++) {
            Canvas.Area area =
                    i == 0
                            ? whole(frames.get(0))
                            : ChangedArea.between(frames.get(i - 1), frames.get(i));
            BufferedImage part =
                    frames.get(i).getSubimage(area.left(), area.top(), area.width(), area.height());
            byte[] still = PngFile.bytes(part, i == 0 ? content.text() : Map.of());
            boolean controlled = false;
            for (Chunk chunk : chunks(still)) {
                boolean data = chunk.name().equals("IDAT");
                if (data && !controlled) {
                    if (i == 0) {
                        PngClip.chunk(file, "acTL", numbers(frames.size(), content.loops()));
                    }
                    PngClip.chunk(file, "fcTL", control(sequence++, area, ticks[i]));
                    controlled = true;
                }
                if (i == 0 && chunk.name().equals("IHDR")) {
                    file.write(still, 0, SIGNATURE_BYTES);
                }
                if (i == 0 && !chunk.name().equals("IEND")) {
                    PngClip.chunk(file, chunk.name(), chunk.content());
                } else if (data) {
                    byte[] own = chunk.content();
                    byte[] numbered =
                            ByteBuffer.allocate(4 + own.length).putInt(sequence++).put(own).array();
                    PngClip.chunk(file, "fdAT", numbered);
                }
            }
        }
        PngClip.chunk(file, "IEND", new byte[0]);
        file.writeTo(out);
    }

    /** All frames have the header of the first: grey ones among others become RGB. */
    private static List<BufferedImage> sameKind(List<BufferedImage> frames) {
        int type = frames.get(0).getType();
        if (frames.stream().allMatch(frame -> frame.getType() == type)) {
            return frames;
        }
        List<BufferedImage> same = new ArrayList<>();
        for (BufferedImage frame : frames) {
            same.add(RgbFrames.rgb(frame));
        }
        return same;
    }

    private static Canvas.Area whole(BufferedImage frame) {
        return new Canvas.Area(0, 0, frame.getWidth(), frame.getHeight());
    }

    private record Chunk(String name, byte[] content) {}

    private static List<Chunk> chunks(byte[] png) {
        List<Chunk> chunks = new ArrayList<>();
        ByteBuffer bytes = ByteBuffer.wrap(png).position(SIGNATURE_BYTES);
        while (bytes.remaining() >= CHUNK_BYTES) {
            byte[] content = new byte[bytes.getInt()];
            byte[] name = new byte[4];
            bytes.get(name).get(content).getInt();
            chunks.add(new Chunk(new String(name, StandardCharsets.ISO_8859_1), content));
        }
        return chunks;
    }

    private static byte[] numbers(int first, int second) {
        return ByteBuffer.allocate(8).putInt(first).putInt(second).array();
    }

    private static byte[] control(int sequence, Canvas.Area area, int ticks) {
        return ByteBuffer.allocate(26)
                .putInt(sequence)
                .putInt(area.width())
                .putInt(area.height())
                .putInt(area.left())
                .putInt(area.top())
                .putShort((short) ticks)
                .putShort((short) TICKS)
                .put((byte) 0) // stays as it is
                .put((byte) 0) // replaces what is there
                .array();
    }
}
