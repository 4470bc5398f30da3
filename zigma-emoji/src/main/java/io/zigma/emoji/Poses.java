package io.zigma.emoji;

import java.util.Locale;
import java.util.Random;

/** How much the places and sizes of drawings differ from picture to picture. */
public enum Poses {
    /** Shrunk by up to a tenth, up to two of 64 pixels from the middle, half of them mirrored. */
    VARIED {
        @Override
        Jitter next(Random random, boolean mirrorable) {
            return new Jitter(
                    Jitter.SMALLEST + random.nextInt(Jitter.WHOLE - Jitter.SMALLEST + 1),
                    around(random, Jitter.FARTHEST),
                    around(random, Jitter.FARTHEST),
                    random.nextBoolean() && mirrorable);
        }
    },
    /**
     * Shrunk by about a twentieth, up to half of one of 64 pixels from the middle, none mirrored:
     * what a thing looks like in a style is then nearly one picture, so that a small model has less
     * to learn.
     */
    STEADY {
        @Override
        Jitter next(Random random, boolean mirrorable) {
            return new Jitter(
                    (Jitter.SMALLEST + Jitter.WHOLE) / 2 + around(random, 1),
                    around(random, HALF_A_PIXEL),
                    around(random, HALF_A_PIXEL),
                    false);
        }
    };

    /** In quarters of a pixel. */
    private static final int HALF_A_PIXEL = 2;

    /**
     * Returns what texts call them.
     *
     * @return a word in lower case
     */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Samples one at random; mirrored only if that makes sense. */
    abstract Jitter next(Random random, boolean mirrorable);

    private static int around(Random random, int farthest) {
        return random.nextInt(2 * farthest + 1) - farthest;
    }
}
