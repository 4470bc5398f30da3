package io.zigma.media;

import java.awt.color.CMMException;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.ColorConvertOp;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import org.jspecify.annotations.Nullable;

/**
 * Colours of an embedded ICC profile, by the platform's colour management: in 8 bits where the file
 * has no more, which is several times faster, else in 16.
 */
final class IccColours implements RowColours {

    private static final int BITS_16 = 257;
    private static final int MOST_COLOURS = 4;

    /** Levels of 255 by which another sRGB profile may differ from the platform's. */
    private static final double SAME_LEVELS = 2;

    private static final int PROBE_STEPS = 6;
    private static final int GREYS = 33;

    private final ColorConvertOp conversion;
    private final int bands;
    private final int stored;
    private final boolean deep;
    private @Nullable WritableRaster source;
    private @Nullable WritableRaster target;

    private IccColours(ICC_Profile profile, int stored, boolean deep) {
        ICC_Profile srgb = ICC_Profile.getInstance(ColorSpace.CS_sRGB);
        this.conversion = new ColorConvertOp(new ICC_Profile[] {profile, srgb}, null);
        this.bands = profile.getNumComponents();
        this.stored = stored;
        this.deep = deep;
    }

    /**
     * Makes the conversion from a profile's colours.
     *
     * @param profile the bytes of an ICC profile; null for none
     * @param samples the file's samples
     * @return the conversion; null where there is nothing to convert, because there is no profile
     *     or one that equals sRGB
     * @throws MediaException if the profile is damaged, is for another number of channels, or there
     *     are four channels and no profile
     */
    static @Nullable IccColours of(byte @Nullable [] profile, StoredSamples samples)
            throws MediaException {
        return of(profile, samples.colours(), samples.deep());
    }

    /** Refuses a CMYK picture that has no profile, or none that fits. */
    static void requireInks(byte @Nullable [] profile) throws MediaException {
        of(profile, MOST_COLOURS, false);
    }

    private static @Nullable IccColours of(byte @Nullable [] profile, int stored, boolean deep)
            throws MediaException {
        if (profile == null) {
            if (stored == MOST_COLOURS) {
                throw new MediaException(
                        "a CMYK picture without a colour profile, whose colours cannot be read"
                                + " faithfully; convert it to RGB");
            }
            return null;
        }
        try {
            ICC_Profile parsed = ICC_Profile.getInstance(profile);
            int components = parsed.getNumComponents();
            // grey in the space of an RGB profile is on its grey axis
            if (components != stored && !(stored == 1 && components == 3)) {
                throw new MediaException(
                        "has a colour profile for %s colours and %s in its pixels; convert it to sRGB"
                                .formatted(components, stored));
            }
            IccColours colours = new IccColours(parsed, stored, deep);
            return stored < MOST_COLOURS && colours.changeNothing() ? null : colours;
        } catch (IllegalArgumentException | CMMException e) {
            throw new MediaException(
                    "has a colour profile that cannot be used (%s); convert it to sRGB"
                            .formatted(PictureDecoder.oneLine(e)),
                    e);
        }
    }

    private boolean changeNothing() {
        int colours = stored == 1 ? 0 : PROBE_STEPS * PROBE_STEPS * PROBE_STEPS;
        int n = GREYS + colours;
        float[] planes = new float[3 * n];
        for (int i = 0; i < n; i++) {
            boolean grey = i < GREYS;
            int digits = i - GREYS; // in base PROBE_STEPS, one digit a colour
            for (int c = 0; c < stored; c++) {
                planes[c * n + i] =
                        grey
                                ? 255f * i / (GREYS - 1)
                                : 255f * (digits % PROBE_STEPS) / (PROBE_STEPS - 1);
                digits /= PROBE_STEPS;
            }
        }
        float[] before = planes.clone();
        toSrgb(planes, n);
        for (int i = 0; i < planes.length; i++) {
            float same = before[stored == 1 ? i % n : i];
            if (Math.abs(planes[i] - same) > SAME_LEVELS) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void toSrgb(float[] planes, int n) {
        WritableRaster from = source;
        WritableRaster to = target;
        if (from == null || to == null || from.getWidth() != n) {
            int type = deep ? DataBuffer.TYPE_USHORT : DataBuffer.TYPE_BYTE;
            from = Raster.createInterleavedRaster(type, n, 1, bands, null);
            to = Raster.createInterleavedRaster(type, n, 1, 3, null);
            source = from;
            target = to;
        }
        DataBuffer stores = from.getDataBuffer();
        int most = deep ? 0xffff : 0xff;
        int unit = deep ? BITS_16 : 1;
        for (int band = 0; band < bands; band++) {
            int plane = stored == 1 ? 0 : band;
            for (int i = 0; i < n; i++) {
                int level = Math.round(planes[plane * n + i] * unit);
                stores.setElem(i * bands + band, Math.min(most, level));
            }
        }
        conversion.filter(from, to);
        DataBuffer converted = to.getDataBuffer();
        for (int band = 0; band < 3; band++) {
            for (int i = 0; i < n; i++) {
                planes[band * n + i] = (float) converted.getElem(i * 3 + band) / unit;
            }
        }
    }
}
