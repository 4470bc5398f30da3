package io.zigma.media;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32;
import java.util.zip.InflaterInputStream;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * How a PNG file is to be displayed according to its chunks (PNG, third edition, section 11).
 * Chunks that are used must have a correct checksum.
 */
final class PngChunks {

    private static final int SIGNATURE_BYTES = 8;
    private static final int PIECE_BYTES = 1 << 16;
    private static final int MAX_KEPT_BYTES = 1 << 24;
    private static final double UNIT = 100_000;
    private static final Charset LATIN = StandardCharsets.ISO_8859_1;

    private Exif exif = Exif.NONE;
    private @Nullable String xmp;
    private byte @Nullable [] profile;
    private byte @Nullable [] codePoints;
    private boolean srgb;
    private double gamma;
    private double @Nullable [] chromaticities;
    private int pictures = 1;
    private boolean animated;

    private PngChunks() {}

    /**
     * Reads all chunks.
     *
     * @param in a PNG file
     * @throws MediaException if it is cut off, or a chunk that matters is damaged
     */
    static PngChunks read(ImageInputStream in) throws IOException {
        PngChunks chunks = new PngChunks();
        in.setByteOrder(ByteOrder.BIG_ENDIAN);
        in.seek(SIGNATURE_BYTES);
        try {
            String name;
            do {
                long length = in.readUnsignedInt();
                byte[] type = new byte[4];
                in.readFully(type);
                name = new String(type, LATIN);
                chunks.take(name, content(in, name, type, length));
            } while (!name.equals("IEND"));
        } catch (EOFException e) {
            throw new MediaException("damaged (it is cut off)", e);
        }
        chunks.exif = chunks.exif.orXmp(chunks.xmp);
        return chunks;
    }

    /** Reads a chunk to its end; returns its content if it is used, else nothing. */
    private static byte[] content(ImageInputStream in, String name, byte[] type, long length)
            throws IOException {
        boolean needed = isUsed(name) && length <= MAX_KEPT_BYTES;
        boolean critical = Character.isUpperCase(name.charAt(0));
        CRC32 checksum = new CRC32();
        checksum.update(type);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        byte[] piece = new byte[(int) Math.min(PIECE_BYTES, length)];
        for (long left = length; left > 0; ) {
            int count = (int) Math.min(piece.length, left);
            in.readFully(piece, 0, count);
            checksum.update(piece, 0, count);
            if (needed) {
                content.write(piece, 0, count);
            }
            left -= count;
        }
        if ((int) checksum.getValue() != in.readInt() && (needed || critical)) {
            throw new MediaException("damaged (its chunk %s)".formatted(name));
        }
        return content.toByteArray();
    }

    private static boolean isUsed(String name) {
        return switch (name) {
            case "eXIf", "iCCP", "sRGB", "gAMA", "cHRM", "cICP", "acTL", "zTXt", "tEXt", "iTXt" ->
                    true;
            default -> false;
        };
    }

    private void take(String name, byte[] content) throws IOException {
        ByteBuffer numbers = ByteBuffer.wrap(content);
        switch (name) {
            case "eXIf" -> exif = Exif.read(content);
            case "iCCP" -> profile = inflated(content, end(content, 0) + 2);
            case "sRGB" -> srgb = true;
            case "gAMA" -> gamma = content.length < 4 ? 0 : numbers.getInt() / UNIT;
            case "cICP" -> codePoints = content;
            case "acTL" -> {
                animated = true;
                pictures = content.length < 4 ? 1 : Math.max(1, numbers.getInt());
            }
            case "cHRM" -> {
                if (content.length == 32) {
                    chromaticities = new double[8];
                    for (int i = 0; i < 8; i++) {
                        chromaticities[i] = numbers.getInt() / UNIT;
                    }
                }
            }
            case "zTXt", "tEXt", "iTXt" -> takeText(name, content);
            default -> {
                // does not affect how the picture is displayed
            }
        }
    }

    /** Before eXIf existed, Exif was stored in a text, in hexadecimal; XMP in another. */
    private void takeText(String name, byte[] content) throws IOException {
        String keyword = new String(content, 0, end(content, 0), LATIN);
        boolean exifText =
                keyword.equals("Raw profile type exif") || keyword.equals("Raw profile type APP1");
        if (exifText && !exif.turned()) {
            byte[] text =
                    name.equals("zTXt")
                            ? inflated(content, keyword.length() + 2)
                            : Arrays.copyOfRange(
                                    content,
                                    Math.min(content.length, keyword.length() + 1),
                                    content.length);
            exif = Exif.read(rawProfile(new String(text, LATIN)));
        } else if (keyword.equals("XML:com.adobe.xmp") && name.equals("iTXt")) {
            int flags = keyword.length() + 1;
            int language = end(content, flags + 2);
            int translated = end(content, language + 1);
            boolean packed = flags < content.length && content[flags] == 1;
            int from = Math.min(content.length, translated + 1);
            xmp =
                    packed
                            ? new String(inflated(content, from), StandardCharsets.UTF_8)
                            : new String(
                                    content, from, content.length - from, StandardCharsets.UTF_8);
        }
    }

    /** A line feed, a name, a length, then hexadecimal digits in lines. */
    private static byte[] rawProfile(String text) {
        String[] lines = text.strip().split("\n", 3);
        if (lines.length < 3) {
            return new byte[0];
        }
        try {
            return HexFormat.of().parseHex(lines[2].replaceAll("\\s", ""));
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    private static int end(byte[] content, int from) {
        int at = from;
        while (at < content.length && content[at] != 0) {
            at++;
        }
        return at;
    }

    private static byte[] inflated(byte[] content, int from) throws IOException {
        if (from > content.length) {
            return new byte[0];
        }
        try (InputStream packed =
                new InflaterInputStream(
                        new ByteArrayInputStream(content, from, content.length - from))) {
            // a few bytes can unpack to gigabytes
            return packed.readNBytes(MAX_KEPT_BYTES);
        }
    }

    /** Returns the Exif values, with XMP's where Exif has none. */
    Exif exif() {
        return exif;
    }

    /** Returns the ICC profile, null for none. */
    byte @Nullable [] profile() {
        return profile;
    }

    /** Returns the code points of cICP: primaries, curve, matrix, full range; null for none. */
    byte @Nullable [] codePoints() {
        return codePoints;
    }

    /** Returns whether the file has the sRGB chunk. */
    boolean srgb() {
        return srgb;
    }

    /** Returns the exponent from light to values, 0 for none. */
    double gamma() {
        return gamma;
    }

    /** Returns white and primaries as in {@link RgbEncoding}, null for none. */
    double @Nullable [] chromaticities() {
        return chromaticities;
    }

    /** Returns whether the file is an animation, be it of one frame. */
    boolean animated() {
        return animated;
    }

    /** Returns how many frames an animation has, 1 for none. */
    int pictures() {
        return pictures;
    }
}
