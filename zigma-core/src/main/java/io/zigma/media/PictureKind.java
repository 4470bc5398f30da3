package io.zigma.media;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/** The kind of a picture file by its first bytes, independent of its name. */
public enum PictureKind {
    /** Portable Network Graphics, RFC 2083 and its successors. */
    PNG("PNG", new PngDecoder()),
    /** JPEG, ISO/IEC 10918. */
    JPEG("JPEG", new JpegDecoder()),
    /** Graphics Interchange Format. */
    GIF("GIF", new GifDecoder()),
    /** Windows bitmap. */
    BMP("BMP", new BmpDecoder()),
    /** Tagged Image File Format, revision 6.0. */
    TIFF("TIFF", new TiffDecoder()),
    /** WebP, lossy and lossless. */
    WEBP("WebP", new WebpDecoder()),
    /** Known and not decoded: HEIC, HEIF, AVIF. */
    HEIF("HEIC or AVIF", null),
    /** Known and not decoded: JPEG XL. */
    JPEG_XL("JPEG XL", null),
    /** Known and not decoded: JPEG 2000. */
    JPEG_2000("JPEG 2000", null),
    /** Known and not decoded: PBM, PGM, PPM, PAM. */
    PORTABLE_MAP("PNM", null),
    /** Known and not decoded: Photoshop documents. */
    PHOTOSHOP("Photoshop", null),
    /** Known and not decoded: OpenEXR. */
    OPEN_EXR("OpenEXR", null);

    /** So many bytes at the beginning of a file are read. */
    public static final int HEAD_BYTES = 16;

    private static final Charset LATIN = StandardCharsets.ISO_8859_1;

    private final String label;
    private final @Nullable FormatDecoder decoder;

    PictureKind(String label, @Nullable FormatDecoder decoder) {
        this.label = label;
        this.decoder = decoder;
    }

    /**
     * Returns the common name of the kind.
     *
     * @return for messages
     */
    public String label() {
        return label;
    }

    /**
     * Returns whether files of this kind can be decoded.
     *
     * @return false for kinds that are recognised only
     */
    public boolean isDecoded() {
        return decoder != null;
    }

    /** Returns the decoder of such files, if there is one. */
    Optional<FormatDecoder> decoder() {
        return Optional.ofNullable(decoder);
    }

    /**
     * Finds the kind of a file.
     *
     * @param head its first {@link #HEAD_BYTES} bytes, fewer if it has no more
     * @return the kind, empty if it is no picture that is known here
     */
    public static Optional<PictureKind> of(byte[] head) {
        if (starts(head, 0, "\u0089PNG\r\n\u001a\n")) {
            return Optional.of(PNG);
        }
        if (starts(head, 0, "\u00ff\u00d8\u00ff")) {
            return Optional.of(JPEG);
        }
        if (starts(head, 0, "GIF87a") || starts(head, 0, "GIF89a")) {
            return Optional.of(GIF);
        }
        if (starts(head, 0, "II*\0") || starts(head, 0, "MM\0*")) {
            return Optional.of(TIFF);
        }
        // BigTIFF, which the decoder refuses by name
        if (starts(head, 0, "II+\0") || starts(head, 0, "MM\0+")) {
            return Optional.of(TIFF);
        }
        if (starts(head, 0, "RIFF") && starts(head, 8, "WEBP")) {
            return Optional.of(WEBP);
        }
        // two letters are few, but four reserved bytes follow that are 0
        if (starts(head, 0, "BM") && starts(head, 6, "\0\0\0\0")) {
            return Optional.of(BMP);
        }
        return notDecoded(head);
    }

    private static Optional<PictureKind> notDecoded(byte[] head) {
        if (starts(head, 4, "ftyp")) {
            String brand = new String(head, 8, Math.min(4, head.length - 8), LATIN);
            return switch (brand) {
                case "heic",
                        "heix",
                        "heim",
                        "heis",
                        "hevc",
                        "hevx",
                        "mif1",
                        "msf1",
                        "avif",
                        "avis" ->
                        Optional.of(HEIF);
                default -> Optional.empty();
            };
        }
        if (starts(head, 0, "\u00ff\n") || starts(head, 4, "JXL \r\n")) {
            return Optional.of(JPEG_XL);
        }
        if (starts(head, 4, "jP  \r\n") || starts(head, 0, "\u00ffO\u00ffQ")) {
            return Optional.of(JPEG_2000);
        }
        if (head.length > 2
                && head[0] == 'P'
                && head[1] >= '1'
                && head[1] <= '7'
                && Character.isWhitespace(head[2])) {
            return Optional.of(PORTABLE_MAP);
        }
        if (starts(head, 0, "8BPS")) {
            return Optional.of(PHOTOSHOP);
        }
        return starts(head, 0, "v/1\u0001") ? Optional.of(OPEN_EXR) : Optional.empty();
    }

    /** Reads the first bytes of a stream, which is at its beginning again afterwards. */
    static byte[] head(ImageInputStream in) throws IOException {
        byte[] head = new byte[HEAD_BYTES];
        int count = 0;
        in.seek(0);
        while (count < head.length) {
            int more = in.read(head, count, head.length - count);
            if (more < 0) {
                break;
            }
            count += more;
        }
        in.seek(0);
        return Arrays.copyOf(head, count);
    }

    private static boolean starts(byte[] head, int at, String expected) {
        byte[] bytes = expected.getBytes(LATIN);
        return head.length >= at + bytes.length
                && Arrays.equals(head, at, at + bytes.length, bytes, 0, bytes.length);
    }
}
