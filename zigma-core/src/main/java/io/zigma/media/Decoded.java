package io.zigma.media;

import org.jspecify.annotations.Nullable;

/**
 * What a file holds.
 *
 * @param samples as they are stored
 * @param orientation 1 to 8 as in Exif (Exif 2.32, tag 274)
 * @param colours the colour space of the samples; null for sRGB, or grey with sRGB's curve
 * @param pictures how many pictures the file holds, of which this is the first
 */
record Decoded(StoredSamples samples, int orientation, @Nullable RowColours colours, int pictures) {

    static final int UPRIGHT = 1;

    Decoded {
        if (orientation < 1 || orientation > 8) {
            throw new IllegalArgumentException("no such orientation: " + orientation);
        }
    }
}
