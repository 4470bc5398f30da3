package io.zigma.media;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * How an image is to be displayed according to a block of Exif.
 *
 * @param orientation 1 to 8, upright where it is not given
 * @param turned whether it is given
 * @param adobeRgb whether the colours are Adobe RGB's, which cameras mark by an interoperability
 *     index of R03 (DCF 2.0) or a colour space of 2
 */
record Exif(int orientation, boolean turned, boolean adobeRgb) {

    /** A file without Exif. */
    static final Exif NONE = new Exif(Decoded.UPRIGHT, false, false);

    private static final byte[] MARK = "Exif\0\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final int EXIF_DIRECTORY = 0x8769;
    private static final int COLOUR_SPACE = 0xa001;
    private static final int ADOBE = 2;
    private static final int INTEROPERABILITY_DIRECTORY = 0xa005;
    private static final int INTEROPERABILITY_INDEX = 1;

    private static final Pattern XMP_ORIENTATION =
            Pattern.compile("tiff:Orientation\\s*(?:=\\s*[\"']|>)\\s*([1-8])\\s*[\"'<]");

    /**
     * Reads a block.
     *
     * @param block TIFF's header first, or after the six bytes that JPEG has before it
     * @return its values; {@link #NONE} where it cannot be read
     */
    static Exif read(byte[] block) throws IOException {
        int start = startsWithMark(block) ? MARK.length : 0;
        try (ImageInputStream in = new MemoryInput(block)) {
            List<TiffDirectory> directories = TiffDirectory.readAll(in, start);
            if (directories.isEmpty()) {
                return NONE;
            }
            TiffDirectory first = directories.get(0);
            return new Exif(
                    first.orientation(),
                    first.has(TiffDirectory.ORIENTATION),
                    isAdobeRgb(in, start, first));
        }
    }

    /** Returns whether a block of JPEG's APP1 is Exif. */
    static boolean startsWithMark(byte[] block) {
        for (int i = 0; i < MARK.length; i++) {
            if (i >= block.length || block[i] != MARK[i]) {
                return false;
            }
        }
        return true;
    }

    /**
     * Finds an orientation in XMP, which is used where Exif has none.
     *
     * @param packet XML text
     * @return 1 to 8, if there is one
     */
    static OptionalInt xmpOrientation(String packet) {
        Matcher matcher = XMP_ORIENTATION.matcher(packet);
        return matcher.find()
                ? OptionalInt.of(Integer.parseInt(matcher.group(1)))
                : OptionalInt.empty();
    }

    /** Returns this with the orientation of XMP where Exif itself has none. */
    Exif orXmp(@Nullable String packet) {
        OptionalInt other = turned || packet == null ? OptionalInt.empty() : xmpOrientation(packet);
        return other.isPresent() ? new Exif(other.getAsInt(), true, adobeRgb) : this;
    }

    /** Returns its colour space, null for sRGB. */
    @Nullable RowColours colours() {
        return adobeRgb ? RgbEncoding.adobe() : null;
    }

    private static boolean isAdobeRgb(ImageInputStream in, long start, TiffDirectory first)
            throws IOException {
        TiffDirectory exif = TiffDirectory.readAt(in, start, first.number(EXIF_DIRECTORY, 0));
        if (exif == null) {
            return false;
        }
        if (exif.number(COLOUR_SPACE, 1) == ADOBE) {
            return true;
        }
        TiffDirectory interoperability =
                TiffDirectory.readAt(in, start, exif.number(INTEROPERABILITY_DIRECTORY, 0));
        byte[] index =
                interoperability == null ? null : interoperability.bytes(INTEROPERABILITY_INDEX);
        return index != null && new String(index, StandardCharsets.ISO_8859_1).startsWith("R03");
    }
}
