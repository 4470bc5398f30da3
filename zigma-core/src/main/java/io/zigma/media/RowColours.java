package io.zigma.media;

/** Converts a file's colours to sRGB; used by one thread at a time. */
interface RowColours {

    /**
     * Converts n pixels in place.
     *
     * @param planes the file's samples, plane by plane of n numbers from 0 to 255; afterwards the
     *     first three are red, green and blue
     * @param n pixels
     */
    void toSrgb(float[] planes, int n);
}
