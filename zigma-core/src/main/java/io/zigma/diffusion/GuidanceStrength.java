package io.zigma.diffusion;

/**
 * How strongly the condition is followed, and at which times (Ho and Salimans 2022; Kynkäänniemi et
 * al. 2024, Applying Guidance in a Limited Interval).
 *
 * <p>Guidance near the noise determines the content of an image and reduces variety; close to the
 * data it has almost no effect. Outside the interval the conditional model is used as trained,
 * which takes half the time.
 *
 * @param scale weight of the condition, 0 … 100: 1 is no guidance, more follows the condition more
 *     strongly
 * @param from time at which it begins, 0 (noise) … 1 (data); 0 where the scale is 1
 * @param to time at which it ends, above {@code from}; 1 where the scale is 1
 */
public record GuidanceStrength(double scale, double from, double to) {

    /** The largest valid scale. */
    public static final double LARGEST = 100;

    /** No guidance. */
    public static final GuidanceStrength NONE = new GuidanceStrength(1);

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if the scale is out of range, or the times are none or in
     *     the wrong order
     */
    public GuidanceStrength {
        if (!(scale >= 0 && scale <= LARGEST)) {
            throw new IllegalArgumentException(
                    "the guidance scale is %s, use 0 to %s (1 is no guidance)"
                            .formatted(scale, Math.round(LARGEST)));
        }
        if (!(from >= 0 && from < to && to <= 1)) {
            throw new IllegalArgumentException(
                    "guidance works from an earlier to a later time between 0 (noise) and 1 (data), not from %s to %s"
                            .formatted(from, to));
        }
        if (scale == 1) {
            from = 0;
            to = 1;
        }
    }

    /**
     * Guides at all times.
     *
     * @param scale weight of the condition, 0 … 100
     * @throws IllegalArgumentException if it is out of range
     */
    public GuidanceStrength(double scale) {
        this(scale, 0, 1);
    }

    /**
     * Returns whether there is guidance at all.
     *
     * @return false if the scale is 1
     */
    public boolean guides() {
        return scale != 1;
    }

    /**
     * Returns whether there is guidance at all times from noise to data.
     *
     * @return false for a narrower interval
     */
    public boolean throughout() {
        return from == 0 && to == 1;
    }

    /**
     * Returns whether there is guidance at a time.
     *
     * @param progress 0 (noise) … 1 (data); compared in single precision, as a network gets it
     * @return true between both ends, the ends included, unless the scale is 1
     */
    public boolean worksAt(double progress) {
        float time = (float) progress;
        return guides() && time >= (float) from && time <= (float) to;
    }

    /**
     * Guides where the time is strictly between two others, as in JiT; an interval from 0 includes
     * the noise itself.
     *
     * @param scale weight of the condition, 0 … 100
     * @param low the time above which there is guidance, or 0
     * @param high the time below which there is guidance
     * @return the same as an interval with its ends, in single precision
     * @throws IllegalArgumentException if a number is out of range
     */
    public static GuidanceStrength strictlyBetween(double scale, double low, double high) {
        return new GuidanceStrength(
                scale, low == 0 ? 0 : Math.nextUp((float) low), Math.nextDown((float) high));
    }

    /**
     * Returns another scale over the same interval of times.
     *
     * @param changed weight of the condition, 0 … 100
     * @return a changed copy
     * @throws IllegalArgumentException if it is out of range
     */
    public GuidanceStrength withScale(double changed) {
        return new GuidanceStrength(changed, from, to);
    }

    /** Returns the scale, and the times where there are any, as text. */
    @Override
    public String toString() {
        return throughout()
                ? plain(scale)
                : "%s from %s to %s".formatted(plain(scale), plain(from), plain(to));
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }
}
