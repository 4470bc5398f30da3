package io.zigma.media;

/** Brings colours of a file's own kind to sRGB; used by one thread at a time. */
interface RowColours {

    /**
     * Converts n pixels in place.
     *
     * @param planes what the file has, plane by plane of n numbers from 0 to 255; afterwards the
     *     first three are red, green and blue
     * @param n pixels
     */
    void toSrgb(float[] planes, int n);
}
