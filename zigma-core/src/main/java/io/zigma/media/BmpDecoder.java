package io.zigma.media;

import java.io.IOException;
import java.nio.ByteOrder;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/** Windows bitmaps: applies the colour profile of a header of version 5. */
final class BmpDecoder implements FormatDecoder {

    private static final int HEADER = 14;
    private static final int VERSION_5_BYTES = 124;
    private static final int COLOUR_SPACE = 56;
    private static final int PROFILE_PLACE = 112;
    private static final int MAX_PROFILE_BYTES = 1 << 24;

    /** PROFILE_EMBEDDED and PROFILE_LINKED, written as letters. */
    private static final int EMBEDDED = 0x4d424544;

    private static final int LINKED = 0x4c494e4b;

    @Override
    public Decoded decode(ImageInputStream in) throws IOException {
        byte[] profile = profile(in);
        try (PlatformReader reader = new PlatformReader("bmp", in)) {
            StoredSamples samples = PlatformReader.samples(reader.image(0));
            return new Decoded(samples, Decoded.UPRIGHT, IccColours.of(profile, samples), 1);
        }
    }

    private static byte @Nullable [] profile(ImageInputStream in) throws IOException {
        in.setByteOrder(ByteOrder.LITTLE_ENDIAN);
        in.seek(HEADER);
        if (in.length() < HEADER + VERSION_5_BYTES || in.readInt() != VERSION_5_BYTES) {
            return null;
        }
        in.seek(HEADER + COLOUR_SPACE);
        int space = in.readInt();
        if (space == LINKED) {
            throw new MediaException(
                    "has its colour profile in another file, which cannot be used; convert it to sRGB");
        }
        if (space != EMBEDDED) {
            return null;
        }
        in.seek(HEADER + PROFILE_PLACE);
        long place = in.readUnsignedInt();
        long size = in.readUnsignedInt();
        if (size > MAX_PROFILE_BYTES || HEADER + place + size > in.length()) {
            throw new MediaException("damaged (its colour profile is cut off)");
        }
        byte[] profile = new byte[(int) size];
        in.seek(HEADER + place);
        in.readFully(profile);
        return profile;
    }
}
