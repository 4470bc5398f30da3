package io.zigma.media;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.stream.ImageInputStream;

/**
 * Videos as animated WebP, lossless (RFC 9649). Of every frame but the first only the rectangle is
 * written that differs from the frame before. The text is Exif's description of the image.
 */
public final class WebpWriter extends VideoWriter {

    private static final int TICKS = 1000;
    private static final int LONGEST_TICKS = (1 << 24) - 1;
    private static final int LARGEST_FILE = Integer.MAX_VALUE - 64;

    /** Of a TIFF header and a directory of one entry. */
    private static final int EXIF_BYTES = 26;

    private static final int TEXT = 2;

    /** A value that is shorter stands in its entry. */
    private static final int LEAST_TEXT = 5;

    /** Makes the writer, which has no state. */
    public WebpWriter() {
        super("WebP", ".webp");
    }

    /**
     * Writes a whole file.
     *
     * @throws IllegalArgumentException if a frame is shown for less than 1/1000 s or more than
     *     16,777 s, or is wider or higher than 16384 pixels, or all are too large together
     */
    @Override
    public void write(OutputStream out, MediaContent content) throws IOException {
        int[] ticks = content.ticks(TICKS, LONGEST_TICKS, name());
        BufferedImage first = content.frames().get(0);
        int width = first.getWidth();
        int height = first.getHeight();
        if (Math.max(width, height) > LosslessWebp.LARGEST_SIDE) {
            throw new IllegalArgumentException(
                    "a WebP has at most %s pixels a side, not %s×%s"
                            .formatted(LosslessWebp.LARGEST_SIDE, width, height));
        }
        boolean described = !content.text().isEmpty();
        RiffChunks file = new RiffChunks();
        file.extended(RiffChunks.ANIMATED | (described ? RiffChunks.WITH_EXIF : 0), width, height);
        file.animation(0, content.loops());
        long length = 0;
        int[] before = new int[0];
        for (int i = 0; i < content.frames().size(); i++) {
            int[] frame = RgbFrames.pixels(content.frames().get(i));
            Canvas.Area area =
                    i == 0
                            ? new Canvas.Area(0, 0, width, height)
                            : even(ChangedArea.between(before, frame, width, height));
            byte[] pixels = LosslessWebp.encode(part(frame, width, area), area.width());
            length += pixels.length;
            if (length > LARGEST_FILE - 64L * content.frames().size()) {
                throw new IllegalArgumentException(
                        "a WebP of more than 2 GiB; write fewer frames, or MP4");
            }
            // opaque, so that it covers what was there
            file.frame(area, ticks[i], 0, new RiffChunks().add("VP8L", pixels).bytes());
            before = frame;
        }
        if (described) {
            file.add("EXIF", exif(CommentLines.bytes(content.text())));
        }
        out.write(file.file());
    }

    /** The format has places in pairs of pixels. */
    private static Canvas.Area even(Canvas.Area area) {
        int left = area.left() & ~1;
        int top = area.top() & ~1;
        return new Canvas.Area(
                left, top, area.left() + area.width() - left, area.top() + area.height() - top);
    }

    private static int[] part(int[] frame, int width, Canvas.Area area) {
        int[] part = new int[area.width() * area.height()];
        for (int y = 0; y < area.height(); y++) {
            System.arraycopy(
                    frame,
                    (area.top() + y) * width + area.left(),
                    part,
                    y * area.width(),
                    area.width());
        }
        return part;
    }

    /** TIFF's header and one entry; a text ends in a zero. */
    private static byte[] exif(byte[] text) {
        int length = Math.max(LEAST_TEXT, text.length + 1);
        return ByteBuffer.allocate(EXIF_BYTES + length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 'I')
                .put((byte) 'I')
                .putShort((short) 42)
                .putInt(8)
                .putShort((short) 1)
                .putShort((short) TiffDirectory.IMAGE_DESCRIPTION)
                .putShort((short) TEXT)
                .putInt(length)
                .putInt(EXIF_BYTES)
                .putInt(0) // no other directory
                .put(text)
                .array();
    }

    /**
     * Reads the text of a WebP file as this class writes it.
     *
     * @param file an existing WebP file
     * @return keywords and text in file order; empty if there is none
     * @throws IOException if the file cannot be read or is no WebP file
     */
    public static Map<String, String> readText(Path file) throws IOException {
        Map<String, String> text = new LinkedHashMap<>();
        try (ImageInputStream in = new ChannelInput(FileChannel.open(file))) {
            if (PictureKind.of(PictureKind.head(in)).filter(PictureKind.WEBP::equals).isEmpty()) {
                throw new IOException(file + " is no WebP file");
            }
            byte[] exif = WebpDecoder.exif(in);
            try (ImageInputStream block = new MemoryInput(exif)) {
                List<TiffDirectory> directories = TiffDirectory.readAll(block, 0);
                byte[] found =
                        directories.isEmpty()
                                ? null
                                : directories.get(0).bytes(TiffDirectory.IMAGE_DESCRIPTION);
                if (found != null) {
                    String all = new String(found, StandardCharsets.UTF_8);
                    int end = all.indexOf('\0');
                    CommentLines.read(
                            all.substring(0, end < 0 ? all.length() : end)
                                    .getBytes(StandardCharsets.UTF_8),
                            text);
                }
            }
        }
        return Collections.unmodifiableMap(text);
    }
}
