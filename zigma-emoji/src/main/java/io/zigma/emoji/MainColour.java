package io.zigma.emoji;

/**
 * The hue that most of a drawing has, and how to give it another.
 *
 * <p>Pixels near the main hue are moved so that their mean is the wanted colour; how they differ
 * from the mean, which is the shading, stays, if weaker. Greys and other hues stay as they are.
 *
 * @param hue degrees
 * @param saturation mean of the pixels near it, from 0 to 1
 * @param value mean of the pixels near it, from 0 to 1
 * @param share of the drawing that is near it, from 0 to 1
 */
record MainColour(float hue, float saturation, float value, double share) {

    private static final int BINS = 72;
    private static final float BIN = 360f / BINS;
    private static final int SMOOTHING = 3;

    /** Hues up to here from the main one move wholly, those from {@link #FAR} on not at all. */
    private static final float NEAR = 32;

    private static final float FAR = 58;

    /** How much of a pixel's distance from the main hue is left. */
    private static final float KEPT_HUE = 0.4f;

    private static final float KEPT_SATURATION = 0.7f;
    private static final float LEAST_CONTRAST = 0.5f;
    private static final float MOST_CONTRAST = 1.25f;

    /** Less than this share in one hue, and the thing would not be of the new colour. */
    private static final double ENOUGH = 0.38;

    /** Finds the main colour of a drawing; of one that is grey, it has a share of 0. */
    static MainColour of(Drawing drawing) {
        double[] bins = new double[BINS];
        for (int pixel : drawing.argb()) {
            Hsv colour = Hsv.of(pixel);
            bins[(int) (colour.hue() / BIN) % BINS] += (pixel >>> 24) * colourfulness(colour);
        }
        int main = 0;
        double most = -1;
        for (int i = 0; i < BINS; i++) {
            double around = 0;
            for (int j = -SMOOTHING; j <= SMOOTHING; j++) {
                around += bins[(i + j + BINS) % BINS];
            }
            if (around > most) {
                most = around;
                main = i;
            }
        }
        float middle = (main + 0.5f) * BIN;
        double turn = 0;
        double saturation = 0;
        double value = 0;
        double weight = 0;
        double all = 0;
        for (int pixel : drawing.argb()) {
            Hsv colour = Hsv.of(pixel);
            int alpha = pixel >>> 24;
            double part = alpha * nearness(middle, colour);
            turn += part * Hsv.turn(middle, colour.hue());
            saturation += part * colour.saturation();
            value += part * colour.value();
            weight += part;
            all += alpha;
        }
        if (weight == 0) {
            return new MainColour(0, 0, 0, 0);
        }
        return new MainColour(
                middle + (float) (turn / weight),
                (float) (saturation / weight),
                (float) (value / weight),
                weight / all);
    }

    /** Returns whether a drawing would be of another colour if its main hue were moved. */
    boolean movable() {
        return share >= ENOUGH;
    }

    /** Returns the drawing with its main colour moved to another. */
    Drawing moved(Drawing drawing, Colour to) {
        float contrast =
                to.value() < value
                        ? to.value() / value
                        : (1 - to.value()) / Math.max(0.01f, 1 - value);
        contrast = Math.max(LEAST_CONTRAST, Math.min(MOST_CONTRAST, contrast));
        int[] pixels = drawing.argb().clone();
        for (int i = 0; i < pixels.length; i++) {
            if (pixels[i] >>> 24 == 0) {
                continue;
            }
            Hsv old = Hsv.of(pixels[i]);
            float weight = nearness(hue, old);
            if (weight > 0) {
                Hsv wanted =
                        new Hsv(
                                to.hue() + KEPT_HUE * Hsv.turn(hue, old.hue()),
                                unit(
                                        to.saturation()
                                                + KEPT_SATURATION
                                                        * (old.saturation() - saturation)),
                                unit(to.value() + contrast * (old.value() - value)));
                pixels[i] = pixels[i] & 0xff00_0000 | between(pixels[i], wanted.rgb(), weight);
            }
        }
        return new Drawing(drawing.side(), pixels);
    }

    private static float colourfulness(Hsv colour) {
        return ramp(0.10f, 0.25f, colour.saturation()) * ramp(0.05f, 0.18f, colour.value());
    }

    private static float nearness(float hue, Hsv colour) {
        return colourfulness(colour) * (1 - ramp(NEAR, FAR, Math.abs(Hsv.turn(hue, colour.hue()))));
    }

    /** Rises smoothly from 0 at one value to 1 at another. */
    private static float ramp(float from, float to, float at) {
        float x = unit((at - from) / (to - from));
        return x * x * (3 - 2 * x);
    }

    private static float unit(float x) {
        return Math.max(0, Math.min(1, x));
    }

    private static int between(int from, int to, float weight) {
        int mixed = 0;
        for (int shift = 0; shift <= 16; shift += 8) {
            int a = from >> shift & 0xff;
            int b = to >> shift & 0xff;
            mixed |= Math.round(a + weight * (b - a)) << shift;
        }
        return mixed;
    }
}
