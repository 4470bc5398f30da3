package io.zigma.pipeline;

import io.zigma.interpolant.GuidanceStrength;

/** Which guidance a request asks for, as far as it does not leave that to the checkpoint. */
public sealed interface GuidanceChoice {

    /** The checkpoint's own recommendation. */
    GuidanceChoice RECOMMENDED = new Recommended();

    /**
     * Settles what was left open.
     *
     * @param recommended the checkpoint's recommendation
     * @return how hard to follow the condition, and when
     */
    GuidanceStrength with(GuidanceStrength recommended);

    /** The checkpoint's own recommendation. */
    record Recommended() implements GuidanceChoice {

        @Override
        public GuidanceStrength with(GuidanceStrength recommended) {
            return recommended;
        }
    }

    /**
     * Another scale over the part of the way that the checkpoint recommends.
     *
     * @param scale weight of the condition, 0 … 100: 1 for none, more follows the condition harder
     */
    record Scale(double scale) implements GuidanceChoice {

        /**
         * Checks the scale.
         *
         * @throws InvalidRequestException if it is out of range
         */
        public Scale {
            try {
                new GuidanceStrength(scale);
            } catch (IllegalArgumentException e) {
                throw new InvalidRequestException(e.getMessage(), e);
            }
        }

        @Override
        public GuidanceStrength with(GuidanceStrength recommended) {
            return recommended.withScale(scale);
        }
    }

    /**
     * Everything settled.
     *
     * @param strength how hard to follow the condition, and when
     */
    record Given(GuidanceStrength strength) implements GuidanceChoice {

        @Override
        public GuidanceStrength with(GuidanceStrength recommended) {
            return strength;
        }
    }
}
