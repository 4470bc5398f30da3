package io.zigma.media;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageInputStream;
import org.w3c.dom.NodeList;

/**
 * Videos as GIF (GIF89a specification).
 *
 * <p>All frames have the colours of one table, which is chosen for the clip: exact where it has at
 * most 256 colours, else the best 256, dithered. Of every frame but the first only the rectangle is
 * written that differs from the frame before.
 *
 * <p>GIF counts time in hundredths of a second; rounding does not add up. The text is one Comment
 * Extension (section 24) before the first frame: a line {@code keyword: text} a field, in UTF-8,
 * which is ASCII, as the specification recommends, where the text is.
 */
public final class GifWriter extends VideoWriter {

    private static final String FORMAT = "javax_imageio_gif_image_1.0";
    private static final int TICKS = 100;
    private static final int LONGEST_TICKS = 0xffff;
    private static final int LARGEST_SIDE = 0xffff;
    private static final int LARGEST_BLOCK = 255;
    private static final int SMALLEST_BITS = 2;

    /** Makes the writer, which has no state. */
    public GifWriter() {
        super("GIF", ".gif");
    }

    /**
     * Writes a whole file.
     *
     * @throws IllegalArgumentException if a frame is shown for less than 1/100 s or more than 655
     *     s, or is wider or higher than 65535 pixels
     */
    @Override
    public void write(OutputStream out, MediaContent content) throws IOException {
        int[] ticks = content.ticks(TICKS, LONGEST_TICKS, name());
        BufferedImage first = content.frames().get(0);
        int width = first.getWidth();
        int height = first.getHeight();
        if (Math.max(width, height) > LARGEST_SIDE) {
            throw new IllegalArgumentException(
                    "a GIF has at most 65535 pixels a side, not %s×%s".formatted(width, height));
        }
        List<int[]> frames = content.frames().stream().map(RgbFrames::pixels).toList();
        GifPalette palette = GifPalette.of(frames);
        List<int[]> indices = new GifDither(palette, width, height).indices(frames);
        int bits = bits(palette.colours().length);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes("GIF89a".getBytes(StandardCharsets.US_ASCII));
        little(file, width);
        little(file, height);
        file.write(0x80 | 7 << 4 | bits - 1); // a table for all frames
        file.write(0); // background
        file.write(0); // aspect ratio
        table(file, palette.colours(), bits);
        if (content.loops() != 1) {
            repeat(file, content.loops());
        }
        if (!content.text().isEmpty()) {
            comment(file, CommentLines.bytes(content.text()));
        }
        for (int i = 0; i < indices.size(); i++) {
            Canvas.Area area =
                    i == 0
                            ? new Canvas.Area(0, 0, width, height)
                            : ChangedArea.between(
                                    indices.get(i - 1), indices.get(i), width, height);
            frame(file, area, ticks[i]);
            GifCodes.write(indices.get(i), width, area, Math.max(SMALLEST_BITS, bits), file);
        }
        file.write(0x3b);
        file.writeTo(out);
    }

    private static int bits(int colours) {
        int bits = 1;
        while (1 << bits < colours) {
            bits++;
        }
        return bits;
    }

    private static void table(ByteArrayOutputStream file, int[] colours, int bits) {
        for (int i = 0; i < 1 << bits; i++) {
            int colour = i < colours.length ? colours[i] : 0;
            file.write(colour >> 16);
            file.write(colour >> 8);
            file.write(colour);
        }
    }

    /** Netscape's extension, block 1: how often the video is shown again, 0 for without end. */
    private static void repeat(ByteArrayOutputStream file, int loops) {
        file.write(0x21);
        file.write(0xff);
        file.write(11);
        file.writeBytes("NETSCAPE2.0".getBytes(StandardCharsets.US_ASCII));
        file.write(3);
        file.write(1);
        little(file, loops == 0 ? 0 : loops - 1);
        file.write(0);
    }

    private static void comment(ByteArrayOutputStream file, byte[] text) {
        file.write(0x21);
        file.write(0xfe);
        for (int at = 0; at < text.length; at += LARGEST_BLOCK) {
            int count = Math.min(LARGEST_BLOCK, text.length - at);
            file.write(count);
            file.write(text, at, count);
        }
        file.write(0);
    }

    /** Writes what precedes a frame's codes: how long it is shown, and where. */
    private static void frame(ByteArrayOutputStream file, Canvas.Area area, int ticks) {
        file.write(0x21);
        file.write(0xf9);
        file.write(4);
        file.write(1 << 2); // stays as it is, nothing clear
        little(file, ticks);
        file.write(0);
        file.write(0);
        file.write(0x2c);
        little(file, area.left());
        little(file, area.top());
        little(file, area.width());
        little(file, area.height());
        file.write(0); // no table of its own, top to bottom
    }

    private static void little(ByteArrayOutputStream file, int value) {
        file.write(value);
        file.write(value >> 8);
    }

    /**
     * Reads the text of a GIF file as this class writes it.
     *
     * @param file an existing GIF file
     * @return keywords and text in file order; empty if there is none
     * @throws IOException if the file cannot be read or is no GIF file
     */
    public static Map<String, String> readText(Path file) throws IOException {
        ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
        try (ImageInputStream input = ImageIO.createImageInputStream(file.toFile())) {
            if (input == null) {
                throw new IOException(file + " cannot be opened");
            }
            reader.setInput(input);
            IIOMetadataNode root = (IIOMetadataNode) reader.getImageMetadata(0).getAsTree(FORMAT);
            NodeList comments = root.getElementsByTagName("CommentExtension");
            Map<String, String> text = new LinkedHashMap<>();
            for (int i = 0; i < comments.getLength(); i++) {
                String value = ((IIOMetadataNode) comments.item(i)).getAttribute("value");
                CommentLines.read(value.getBytes(StandardCharsets.ISO_8859_1), text);
            }
            return Collections.unmodifiableMap(text);
        } finally {
            reader.dispose();
        }
    }
}
