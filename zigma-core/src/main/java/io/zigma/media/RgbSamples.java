package io.zigma.media;

/** Samples of red, green and blue with 8 bits. */
abstract class RgbSamples implements StoredSamples {

    private static final float OPAQUE = 255;

    @Override
    public final int colours() {
        return 3;
    }

    @Override
    public final boolean deep() {
        return false;
    }

    /**
     * Puts a pixel into a line.
     *
     * @param argb 8 bits each of opacity, red, green and blue
     * @param i its place in the line
     * @param n pixels of the line
     * @param planes as in {@link #line}
     * @param alpha as in {@link #line}
     */
    static void put(int argb, int i, int n, float[] planes, float[] alpha) {
        planes[i] = argb >> 16 & 0xff;
        planes[n + i] = argb >> 8 & 0xff;
        planes[2 * n + i] = argb & 0xff;
        alpha[i] = (argb >>> 24) / OPAQUE;
    }
}
