package io.zigma.media;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * How a JPEG file is to be displayed according to its segments before the first scan (ITU-T T.81,
 * annex B; Exif 2.32; ICC.1:2010, annex B.4; Adobe Technical Note 5116).
 */
final class JpegSegments {

    /** No segment of Adobe's. */
    static final int NO_ADOBE = -1;

    /** Adobe's number for YCbCr with black. */
    static final int ADOBE_YCCK = 2;

    private static final int START = 0xd8;
    private static final int END = 0xd9;
    private static final int SCAN = 0xda;
    private static final int APP0 = 0xe0;
    private static final int APP1 = 0xe1;
    private static final int APP2 = 0xe2;
    private static final int APP14 = 0xee;
    private static final int APP15 = 0xef;
    private static final int COMMENT = 0xfe;
    private static final Charset LATIN = StandardCharsets.ISO_8859_1;
    private static final String ICC_MARK = "ICC_PROFILE\0";
    private static final String XMP_MARK = "http://ns.adobe.com/xap/1.0/\0";
    private static final int MAX_HEADER_BYTES = 1 << 26;
    private static final int MAX_FILE_BYTES = 1 << 30;

    /** JFIF 1.2 with square pixels and no thumbnail. */
    private static final byte[] JFIF = {
        (byte) 0xff, (byte) APP0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 2, 0, 0, 1, 0, 1, 0, 0
    };

    private final ByteArrayOutputStream retained = new ByteArrayOutputStream();
    private final Map<Integer, byte[]> profileParts = new TreeMap<>();
    private int profileCount;
    private Exif exif = Exif.NONE;
    private boolean exifSeen;
    private @Nullable String xmp;
    private int adobeTransform = NO_ADOBE;
    private byte @Nullable [] adobe;
    private int components;
    private boolean namedRgb;
    private byte @Nullable [] profile;
    private long scan;

    private JpegSegments() {}

    /**
     * Reads all segments up to the first scan.
     *
     * @param in a JPEG file
     * @throws MediaException if it is cut off before, or its profile lacks a part
     */
    static JpegSegments read(ImageInputStream in) throws IOException {
        JpegSegments segments = new JpegSegments();
        in.seek(2);
        try {
            while (segments.scan == 0) {
                segments.readOne(in);
            }
        } catch (EOFException e) {
            throw new MediaException("damaged (it is cut off)", e);
        }
        segments.exif = segments.exif.orXmp(segments.xmp);
        segments.joinProfile();
        return segments;
    }

    private void readOne(ImageInputStream in) throws IOException {
        int marker = in.readUnsignedByte();
        if (marker != 0xff) {
            throw new MediaException("damaged (no marker where one must be)");
        }
        while (marker == 0xff) {
            marker = in.readUnsignedByte();
        }
        if (marker == SCAN) {
            scan = in.getStreamPosition() - 2;
            return;
        }
        if (marker == END || marker == START || marker < 0xc0) {
            throw new MediaException("damaged (it has no scan)");
        }
        int length = in.readUnsignedByte() << 8 | in.readUnsignedByte();
        if (length < 2) {
            throw new MediaException("damaged (a segment of %s bytes)".formatted(length));
        }
        byte[] content = new byte[length - 2];
        in.readFully(content);
        take(marker, content);
        boolean metadata = marker >= APP0 && marker <= APP15 || marker == COMMENT;
        if (!metadata) {
            retain(marker, content);
        }
        if (in.getStreamPosition() > MAX_HEADER_BYTES) {
            throw new MediaException("damaged (it has no scan)");
        }
    }

    private void retain(int marker, byte[] content) {
        retained.write(0xff);
        retained.write(marker);
        retained.write(content.length + 2 >> 8);
        retained.write(content.length + 2 & 0xff);
        retained.writeBytes(content);
    }

    private void take(int marker, byte[] content) throws IOException {
        if (marker == APP1 && Exif.startsWithMark(content) && !exifSeen) {
            exif = Exif.read(content);
            exifSeen = true;
        } else if (marker == APP1 && starts(content, XMP_MARK) && xmp == null) {
            int from = XMP_MARK.length();
            xmp = new String(content, from, content.length - from, StandardCharsets.UTF_8);
        } else if (marker == APP2 && starts(content, ICC_MARK) && content.length > 14) {
            profileParts.putIfAbsent(content[12] & 0xff, content);
            profileCount = content[13] & 0xff;
        } else if (marker == APP14 && starts(content, "Adobe") && content.length >= 12) {
            adobeTransform = content[11] & 0xff;
            adobe = content;
        } else if (isFrame(marker) && content.length >= 6) {
            components = content[5] & 0xff;
            namedRgb =
                    content.length >= 15
                            && content[6] == 'R'
                            && content[9] == 'G'
                            && content[12] == 'B';
        }
    }

    /** SOF0 to SOF15 without the three markers of other names. */
    private static boolean isFrame(int marker) {
        return marker >= 0xc0
                && marker <= 0xcf
                && marker != 0xc4
                && marker != 0xc8
                && marker != 0xcc;
    }

    private void joinProfile() throws MediaException {
        if (profileParts.isEmpty()) {
            return;
        }
        if (profileParts.size() < profileCount) {
            throw new MediaException(
                    "has %s of %s parts of a colour profile; convert it to sRGB"
                            .formatted(profileParts.size(), profileCount));
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        profileParts.values().forEach(part -> whole.write(part, 14, part.length - 14));
        profile = whole.toByteArray();
    }

    private static boolean starts(byte[] content, String mark) {
        return content.length >= mark.length()
                && new String(content, 0, mark.length(), LATIN).equals(mark);
    }

    /**
     * Returns the file with only the segments that decoding needs. The platform's decoder fails on
     * other programs' metadata, applies profiles only sometimes, and treats YCbCr as RGB where
     * there is no marker of JFIF, Exif or Adobe.
     */
    ImageInputStream withoutMetadata(ImageInputStream in) throws IOException {
        in.seek(0);
        long length = in.length();
        if (length > MAX_FILE_BYTES) {
            throw new MediaException("a JPEG file of more than a gibibyte");
        }
        byte[] file = new byte[(int) length];
        in.readFully(file);
        ByteArrayOutputStream plain = new ByteArrayOutputStream(file.length + JFIF.length);
        plain.write(0xff);
        plain.write(START);
        if (adobe != null) {
            plain.write(0xff);
            plain.write(APP14);
            plain.write(0);
            plain.write(adobe.length + 2);
            plain.writeBytes(adobe);
        } else if (!namedRgb && components != 4) {
            plain.writeBytes(JFIF);
        }
        plain.writeBytes(retained.toByteArray());
        plain.write(file, (int) scan, (int) (length - scan));
        return new MemoryInput(plain.toByteArray());
    }

    /** Returns the Exif values, with XMP's where Exif has none. */
    Exif exif() {
        return exif;
    }

    /** Returns the ICC profile, null for none. */
    byte @Nullable [] profile() {
        return profile;
    }

    /** Returns the number of samples a pixel; 0 where the file does not give it. */
    int components() {
        return components;
    }

    /** Returns Adobe's transform, {@link #NO_ADOBE} for none. */
    int adobeTransform() {
        return adobeTransform;
    }
}
