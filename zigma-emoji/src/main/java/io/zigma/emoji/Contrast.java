package io.zigma.emoji;

import java.util.stream.IntStream;

/**
 * Whether a thing is seen on a background, by distances in OKLab (Ottosson 2020), where 0.1 is a
 * difference that is just plain at a glance.
 */
final class Contrast {

    private static final double PLAIN = 0.11;

    /** A thing of which more than this share is like the background vanishes. */
    private static final double TOO_MUCH = 0.42;

    private static final float[] LINEAR = new float[256];

    static {
        for (int i = 0; i < LINEAR.length; i++) {
            double x = i / 255.0;
            LINEAR[i] = (float) (x <= 0.04045 ? x / 12.92 : Math.pow((x + 0.055) / 1.055, 2.4));
        }
    }

    private final float[] alphas;
    private final float[][] colours;

    /**
     * Examines a drawing.
     *
     * @param drawing as large as its pictures
     */
    Contrast(Drawing drawing) {
        int[] solid = IntStream.of(drawing.argb()).filter(pixel -> pixel >>> 24 > 127).toArray();
        alphas = new float[solid.length];
        colours = new float[solid.length][];
        for (int i = 0; i < solid.length; i++) {
            alphas[i] = solid[i] >>> 24;
            colours[i] = okLab(solid[i]);
        }
    }

    /**
     * Returns whether enough of the drawing differs from a background.
     *
     * @param background red, green and blue of eight bits each
     */
    boolean isSeenOn(int background) {
        float[] behind = okLab(background);
        double like = 0;
        double all = 0;
        for (int i = 0; i < alphas.length; i++) {
            all += alphas[i];
            if (squaredDistance(colours[i], behind) < PLAIN * PLAIN) {
                like += alphas[i];
            }
        }
        return all > 0 && like <= TOO_MUCH * all;
    }

    private static float squaredDistance(float[] a, float[] b) {
        float sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return sum;
    }

    private static float[] okLab(int rgb) {
        float red = LINEAR[rgb >> 16 & 0xff];
        float green = LINEAR[rgb >> 8 & 0xff];
        float blue = LINEAR[rgb & 0xff];
        double l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
        double m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
        double s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
        return new float[] {
            (float) (0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s),
            (float) (1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s),
            (float) (0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s)
        };
    }
}
