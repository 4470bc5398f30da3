package io.zigma.media;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * WebP: applies its Exif, XMP and ICC profile; of an animation, the first frame on its canvas.
 * Lossy pictures have the colours that libwebp gives them.
 */
final class WebpDecoder implements FormatDecoder {

    private static final int RIFF_BYTES = 12;

    /** Of a frame in an animation: place, size, duration and flags. */
    static final int FRAME_HEADER_BYTES = 16;

    private static final int EXTENDED_BYTES = 10;
    private static final long MAX_FILE_BYTES = 1 << 30;

    /**
     * The decoder reads ahead by eight bytes, and takes a file that has not so many for cut off.
     */
    private static final int SHORTEST_READ = 64;

    private static final int ALPHA_FLAG = 0x10;
    private static final Charset LATIN = StandardCharsets.ISO_8859_1;

    /** What the chunks hold (WebP Container Specification). */
    private static final class Chunks {
        private Exif exif = Exif.NONE;
        private byte[] exifBlock = new byte[0];
        private @Nullable String xmp;
        private byte @Nullable [] profile;
        private byte @Nullable [] frame;
        private final ByteArrayOutputStream pixels = new ByteArrayOutputStream();
        private int frames;
        private int width;
        private int height;
    }

    @Override
    public Decoded decode(ImageInputStream in) throws IOException {
        Chunks chunks = chunks(in);
        Exif exif = chunks.exif.orXmp(chunks.xmp);
        BufferedImage image = image(in, chunks);
        StoredSamples samples = PlatformReader.samples(image);
        RowColours colours =
                chunks.profile == null ? exif.colours() : IccColours.of(chunks.profile, samples);
        return new Decoded(samples, exif.orientation(), colours, Math.max(1, chunks.frames));
    }

    /** Returns the Exif block of a file, empty where it has none. */
    static byte[] exif(ImageInputStream in) throws IOException {
        return chunks(in).exifBlock;
    }

    private static BufferedImage image(ImageInputStream in, Chunks chunks) throws IOException {
        if (chunks.frame != null) {
            return firstFrame(chunks, chunks.frame);
        }
        if (chunks.profile == null) {
            return read(in);
        }
        // the decoder itself would apply a profile, in 8 bits
        byte[] size = new byte[FRAME_HEADER_BYTES];
        writeSize(size, chunks.width, chunks.height);
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.writeBytes(size);
        frame.writeBytes(chunks.pixels.toByteArray());
        try (MemoryInput still = new MemoryInput(still(frame.toByteArray()))) {
            return read(still);
        }
    }

    /** Writes width and height less one where a frame's header has them. */
    private static void writeSize(byte[] header, int width, int height) {
        for (int i = 0; i < 3; i++) {
            header[6 + i] = (byte) (width - 1 >> 8 * i);
            header[9 + i] = (byte) (height - 1 >> 8 * i);
        }
    }

    /** Decodes a file that is one picture. */
    static BufferedImage read(ImageInputStream in) throws IOException {
        Lossy lossy = lossy(in);
        if (lossy == null) {
            return readByLibrary(in);
        }
        BufferedImage colours = Vp8Decoder.decode(lossy.frame(), 0, lossy.frame().length).image();
        return lossy.withOpacity() ? withOpacity(colours, readByLibrary(in)) : colours;
    }

    /** The one frame of a lossy picture, and whether its opacity is beside it. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Lossy(byte[] frame, boolean withOpacity) {}

    /** Returns null where the picture is lossless. */
    private static @Nullable Lossy lossy(ImageInputStream in) throws IOException {
        in.setByteOrder(ByteOrder.LITTLE_ENDIAN);
        try {
            in.seek(4);
            long end = 8 + in.readUnsignedInt();
            boolean opacity = false;
            for (long at = RIFF_BYTES; at + 8 <= end; ) {
                in.seek(at);
                byte[] type = new byte[4];
                in.readFully(type);
                long length = in.readUnsignedInt();
                if (at + 8 + length > end || end > MAX_FILE_BYTES) {
                    throw new MediaException("damaged (it is cut off)");
                }
                switch (new String(type, LATIN)) {
                    case "VP8 " -> {
                        return new Lossy(content(in, (int) length), opacity);
                    }
                    case "VP8L" -> {
                        return null;
                    }
                    case "ALPH" -> opacity = true;
                    default -> {
                        // nothing of the colours
                    }
                }
                at += 8 + length + (length & 1);
            }
            return null;
        } catch (EOFException e) {
            throw new MediaException("damaged (it is cut off)", e);
        } finally {
            in.setByteOrder(ByteOrder.BIG_ENDIAN);
            in.seek(0);
        }
    }

    private static BufferedImage withOpacity(BufferedImage colours, BufferedImage whole) {
        WritableRaster opacity = whole.getAlphaRaster();
        if (opacity == null) {
            return colours;
        }
        int width = colours.getWidth();
        int height = colours.getHeight();
        BufferedImage both = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
        int[] levels = new int[width];
        for (int y = 0; y < height; y++) {
            opacity.getSamples(0, y, width, 1, 0, levels);
            for (int x = 0; x < width; x++) {
                both.setRGB(x, y, levels[x] << 24 | colours.getRGB(x, y) & 0xffffff);
            }
        }
        return both;
    }

    private static BufferedImage readByLibrary(ImageInputStream in) throws IOException {
        long length = in.length();
        if (length >= 0 && length < SHORTEST_READ) {
            byte[] padded = new byte[SHORTEST_READ];
            in.seek(0);
            in.readFully(padded, 0, (int) length);
            try (MemoryInput longer = new MemoryInput(padded)) {
                return decoded(longer);
            }
        }
        return decoded(in);
    }

    private static BufferedImage decoded(ImageInputStream in) throws IOException {
        // not by the platform's list of plug-ins, whose order depends on the first caller
        ImageReader decoder = new WebPImageReaderSpi().createReaderInstance(null);
        try (PlatformReader reader = new PlatformReader(decoder, in)) {
            PlatformReader.requireDecodable(
                    decoder.getWidth(0), decoder.getHeight(0), PlatformReader.MAX_WHOLE_PIXELS);
            return reader.image(0);
        }
    }

    private static Chunks chunks(ImageInputStream in) throws IOException {
        Chunks chunks = new Chunks();
        in.setByteOrder(ByteOrder.LITTLE_ENDIAN);
        in.seek(4);
        long end = 8 + in.readUnsignedInt();
        if (end > in.length()) {
            throw new MediaException("damaged (it is cut off)");
        }
        if (end > MAX_FILE_BYTES) {
            throw new MediaException("a WebP file of more than a gibibyte");
        }
        long at = RIFF_BYTES;
        try {
            while (at + 8 <= end) {
                in.seek(at);
                byte[] type = new byte[4];
                in.readFully(type);
                long length = in.readUnsignedInt();
                if (at + 8 + length > end) {
                    throw new MediaException("damaged (it is cut off)");
                }
                take(chunks, new String(type, LATIN), in, (int) length);
                at += 8 + length + (length & 1);
            }
        } catch (EOFException e) {
            throw new MediaException("damaged (it is cut off)", e);
        }
        in.setByteOrder(ByteOrder.BIG_ENDIAN);
        return chunks;
    }

    private static void take(Chunks chunks, String type, ImageInputStream in, int length)
            throws IOException {
        switch (type) {
            case "VP8X" -> {
                if (length >= EXTENDED_BYTES) {
                    in.skipBytes(4);
                    chunks.width = 1 + little24(in);
                    chunks.height = 1 + little24(in);
                }
            }
            case "ICCP" -> chunks.profile = content(in, length);
            case "EXIF" -> {
                chunks.exifBlock = content(in, length);
                chunks.exif = Exif.read(chunks.exifBlock);
            }
            case "XMP " -> chunks.xmp = new String(content(in, length), StandardCharsets.UTF_8);
            case "ANMF" -> {
                chunks.frames++;
                if (chunks.frame == null) {
                    chunks.frame = content(in, length);
                }
            }
            case "ALPH", "VP8 ", "VP8L" -> {
                chunks.pixels.writeBytes(type.getBytes(LATIN));
                little(chunks.pixels, length, 4);
                chunks.pixels.writeBytes(content(in, length));
                if ((length & 1) == 1) {
                    chunks.pixels.write(0);
                }
            }
            default -> {
                // nothing that affects how the picture is displayed
            }
        }
    }

    private static byte[] content(ImageInputStream in, int length) throws IOException {
        byte[] content = new byte[length];
        in.readFully(content);
        return content;
    }

    /** Decodes an animation's first frame as a file of its own and puts it on the canvas. */
    private static BufferedImage firstFrame(Chunks chunks, byte[] frame) throws IOException {
        if (frame.length < FRAME_HEADER_BYTES) {
            throw new MediaException("damaged (a frame of %s bytes)".formatted(frame.length));
        }
        PlatformReader.requireDecodable(
                chunks.width, chunks.height, PlatformReader.MAX_WHOLE_PIXELS);
        try (MemoryInput header = new MemoryInput(frame);
                MemoryInput still = new MemoryInput(still(frame))) {
            int left = 2 * little24(header);
            int top = 2 * little24(header);
            BufferedImage image = read(still);
            if (image.getWidth() == chunks.width && image.getHeight() == chunks.height) {
                return image;
            }
            BufferedImage canvas =
                    new BufferedImage(chunks.width, chunks.height, BufferedImage.TYPE_INT_ARGB);
            Graphics2D graphics = canvas.createGraphics();
            graphics.drawImage(image, left, top, null);
            graphics.dispose();
            return canvas;
        }
    }

    /** Writes a frame's chunks after the header of a still picture with transparency. */
    static byte[] still(byte[] frame) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        int content = frame.length - FRAME_HEADER_BYTES;
        boolean extended =
                new String(frame, FRAME_HEADER_BYTES, Math.min(4, content), LATIN).equals("ALPH");
        file.writeBytes("RIFF".getBytes(LATIN));
        little(file, 4 + content + (extended ? 8 + EXTENDED_BYTES : 0), 4);
        file.writeBytes("WEBP".getBytes(LATIN));
        if (extended) {
            file.writeBytes("VP8X".getBytes(LATIN));
            little(file, EXTENDED_BYTES, 4);
            little(file, ALPHA_FLAG, 4);
            file.write(frame, 6, 6); // width and height less one
        }
        file.write(frame, FRAME_HEADER_BYTES, content);
        return file.toByteArray();
    }

    private static void little(ByteArrayOutputStream out, int value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            out.write(value >> 8 * i);
        }
    }

    /** Reads a number of three bytes. */
    static int little24(ImageInputStream in) throws IOException {
        return in.readUnsignedByte() | in.readUnsignedByte() << 8 | in.readUnsignedByte() << 16;
    }
}
