package io.zigma.pipeline;

import io.zigma.condition.InvalidRequestException;
import io.zigma.diffusion.GuidanceStrength;
import org.jspecify.annotations.Nullable;

/**
 * The guidance of a request; what is left out is filled in from the checkpoint's defaults.
 *
 * @param scale weight of the condition, 0 … 100: 1 for none, more follows the condition harder;
 *     null for the recommended one
 * @param interval the part of the way that guidance works in, or null for the recommended one
 * @param channels how many of the first channels are guided, 0 for all; null for the recommended
 *     ones
 */
public record GuidanceChoice(
        @Nullable Double scale, @Nullable Interval interval, @Nullable Integer channels) {

    /** The checkpoint's recommendation in everything. */
    public static final GuidanceChoice RECOMMENDED = new GuidanceChoice(null, null, null);

    /**
     * Checks the numbers.
     *
     * @throws InvalidRequestException if it is out of range
     */
    public GuidanceChoice {
        strength(scale == null ? 0 : scale, 0, 1, channels == null ? 0 : channels);
    }

    /**
     * Chooses scale and interval.
     *
     * @param scale weight of the condition, or null for the recommended one
     * @param interval the times at which there is guidance, or null for the recommended ones
     * @throws InvalidRequestException if the scale is out of range
     */
    public GuidanceChoice(@Nullable Double scale, @Nullable Interval interval) {
        this(scale, interval, null);
    }

    /**
     * Chooses everything.
     *
     * @param strength how hard to follow the condition, and when
     * @return a choice that leaves nothing open
     */
    public static GuidanceChoice of(GuidanceStrength strength) {
        return new GuidanceChoice(
                strength.scale(),
                new Interval(strength.from(), strength.to()),
                strength.channels());
    }

    /**
     * Returns the same with another scale.
     *
     * @param changed weight of the condition, 0 … 100, 1 for none
     * @return a changed copy
     * @throws InvalidRequestException if it is out of range
     */
    public GuidanceChoice withScale(double changed) {
        return new GuidanceChoice(changed, interval, channels);
    }

    /**
     * Returns the same over another part of the way.
     *
     * @param changed when guidance works
     * @return a changed copy
     */
    public GuidanceChoice withInterval(Interval changed) {
        return new GuidanceChoice(scale, changed, channels);
    }

    /**
     * Returns the same in other channels.
     *
     * @param changed how many of the first ones, 0 for all
     * @return a changed copy
     * @throws InvalidRequestException if it is negative
     */
    public GuidanceChoice withChannels(int changed) {
        return new GuidanceChoice(scale, interval, changed);
    }

    /**
     * Fills in what was left out.
     *
     * @param recommended the checkpoint's recommendation
     * @return how hard to follow the condition, and when
     */
    public GuidanceStrength with(GuidanceStrength recommended) {
        return strength(
                scale == null ? recommended.scale() : scale,
                interval == null ? recommended.from() : interval.from,
                interval == null ? recommended.to() : interval.to,
                channels == null ? recommended.channels() : channels);
    }

    private static GuidanceStrength strength(double scale, double from, double to, int channels) {
        try {
            return new GuidanceStrength(scale, from, to, channels);
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException(e.getMessage(), e);
        }
    }

    /**
     * A part of the way from noise to data (Kynkäänniemi et al. 2024).
     *
     * @param from time from which on guidance works, 0 (noise) … 1 (data)
     * @param to time until which it works, above {@code from}
     */
    public record Interval(double from, double to) {

        /**
         * Checks the times.
         *
         * @throws InvalidRequestException if they are none or in the wrong order
         */
        public Interval {
            strength(0, from, to, 0);
        }

        /**
         * Reads two times with a comma between them.
         *
         * @param text such as {@code 0.3,0.7}
         * @return the part of the way between them
         * @throws InvalidRequestException if it is none; the message names a valid one
         */
        public static Interval parse(String text) {
            String[] times = text.split(",", -1);
            try {
                if (times.length == 2) {
                    return new Interval(
                            Double.parseDouble(times[0].strip()),
                            Double.parseDouble(times[1].strip()));
                }
            } catch (NumberFormatException | InvalidRequestException e) {
                // refused below, like anything else than two times
            }
            throw new InvalidRequestException(
                    "two times from 0 to 1, the earlier one first, such as 0.3,0.7, not '%s'"
                            .formatted(text));
        }
    }
}
