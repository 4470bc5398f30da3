package io.zigma.testing;

import java.util.Locale;

/** How far a tensor may be from what is expected. */
public sealed interface Tolerance {

    /**
     * Returns the largest allowed difference at one element.
     *
     * @param expected the expected element
     * @param largest the largest finite magnitude in the expected tensor
     * @return the bound, not negative
     */
    double at(double expected, double largest);

    /**
     * Allows |difference| ≤ relative · |expected| + absolute at each element, as NumPy's allclose.
     *
     * @param relative fraction of the expected element
     * @param absolute added to it
     * @return the tolerance
     */
    static Tolerance elementwise(double relative, double absolute) {
        return new Elementwise(relative, absolute);
    }

    /**
     * Allows |difference| ≤ relative · max |expected| + absolute everywhere in the tensor.
     *
     * @param relative fraction of the largest expected magnitude
     * @param absolute added to it
     * @return the tolerance
     */
    static Tolerance ofLargest(double relative, double absolute) {
        return new OfLargest(relative, absolute);
    }

    /**
     * Allows no difference.
     *
     * @return the tolerance
     */
    static Tolerance exact() {
        return new Elementwise(0, 0);
    }

    /**
     * Bound that follows each element.
     *
     * @param relative fraction of the expected element
     * @param absolute added to it
     */
    record Elementwise(double relative, double absolute) implements Tolerance {
        @Override
        public double at(double expected, double largest) {
            return relative * Math.abs(expected) + absolute;
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.3g·|expected| + %.3g", relative, absolute);
        }
    }

    /**
     * Bound that is the same for the whole tensor.
     *
     * @param relative fraction of the largest expected magnitude
     * @param absolute added to it
     */
    record OfLargest(double relative, double absolute) implements Tolerance {
        @Override
        public double at(double expected, double largest) {
            return relative * largest + absolute;
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.3g·max|expected| + %.3g", relative, absolute);
        }
    }
}
