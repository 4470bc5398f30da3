package io.zigma.diffusion;

import io.zigma.base.Amount;

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
 * @param channels how many of a sample's channels are guided, the first ones; 0 for all, and where
 *     the scale is 1. In the others the conditional model is used (official DiT and SiT {@code
 *     forward_with_cfg}: the first 3 of a latent's 4)
 */
public record GuidanceStrength(double scale, double from, double to, int channels) {

    /** The largest valid scale. */
    public static final double LARGEST = 100;

    /** No guidance. */
    public static final GuidanceStrength NONE = new GuidanceStrength(1);

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if the scale or the number of channels is out of range, or
     *     the times are none or in the wrong order
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
        if (channels < 0) {
            throw new IllegalArgumentException(
                    "guidance works in the first 1 channel or more, or in all by 0, not in %s"
                            .formatted(channels));
        }
        if (scale == 1) {
            from = 0;
            to = 1;
            channels = 0;
        }
    }

    /**
     * Guides all channels within an interval of times.
     *
     * @param scale weight of the condition, 0 … 100
     * @param from time at which it begins, 0 (noise) … 1 (data)
     * @param to time at which it ends, above {@code from}
     * @throws IllegalArgumentException if a number is out of range
     */
    public GuidanceStrength(double scale, double from, double to) {
        this(scale, from, to, 0);
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
        return new GuidanceStrength(changed, from, to, channels);
    }

    /**
     * Returns the same within another interval of times.
     *
     * @param begin time at which it begins, 0 (noise) … 1 (data)
     * @param end time at which it ends, above the beginning
     * @return a changed copy
     * @throws IllegalArgumentException if the times are none or in the wrong order
     */
    public GuidanceStrength withInterval(double begin, double end) {
        return new GuidanceStrength(scale, begin, end, channels);
    }

    /**
     * Returns the same in other channels.
     *
     * @param changed how many of the first ones, 0 for all
     * @return a changed copy
     * @throws IllegalArgumentException if it is negative
     */
    public GuidanceStrength withChannels(int changed) {
        return new GuidanceStrength(scale, from, to, changed);
    }

    /** Returns the scale, and the times and the channels where there are any, as text. */
    @Override
    public String toString() {
        String times = throughout() ? "" : " from %s to %s".formatted(plain(from), plain(to));
        return plain(scale)
                + times
                + (channels == 0 ? "" : " in the first " + Amount.of(channels, "channel"));
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }
}
