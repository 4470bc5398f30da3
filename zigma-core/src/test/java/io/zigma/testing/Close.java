package io.zigma.testing;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.Locale;

/**
 * Asserts that tensors are close; a failure names the tensor, the largest difference, where it sits
 * and the tolerance.
 */
public final class Close {

    private Close() {}

    /**
     * Asserts that an engine array has a shape and is close to its elements.
     *
     * @param tensor its name in the failure message
     * @param actual a float32 array
     * @param expected an array of the same shape
     * @param tolerance how far apart they may be
     */
    public static void assertClose(
            String tensor, NDArray actual, NDArray expected, Tolerance tolerance) {
        if (!actual.getShape().equals(expected.getShape())) {
            throw new AssertionError(
                    "%s has shape %s, expected %s"
                            .formatted(tensor, actual.getShape(), expected.getShape()));
        }
        compare(
                tensor,
                actual.toFloatArray(),
                expected.toFloatArray(),
                expected.getShape().getShape(),
                tolerance);
    }

    /**
     * Asserts that an engine array is close to a fixture's tensor, shape included.
     *
     * @param fixture where the expected tensor is
     * @param tensor its whole name there
     * @param actual a float32 array
     * @param tolerance how far apart they may be
     */
    public static void assertClose(
            Fixture fixture, String tensor, NDArray actual, Tolerance tolerance) {
        long[] shape = fixture.shape(tensor);
        if (!Arrays.equals(actual.getShape().getShape(), shape)) {
            throw new AssertionError(
                    "%s %s has shape %s, expected %s"
                            .formatted(fixture, tensor, actual.getShape(), Arrays.toString(shape)));
        }
        compare(
                fixture + " " + tensor,
                actual.toFloatArray(),
                fixture.floats(tensor),
                shape,
                tolerance);
    }

    /**
     * Asserts that elements are close.
     *
     * @param tensor its name in the failure message
     * @param actual elements
     * @param expected as many elements
     * @param tolerance how far apart they may be
     */
    public static void assertClose(
            String tensor, float[] actual, float[] expected, Tolerance tolerance) {
        compare(tensor, actual, expected, new long[] {expected.length}, tolerance);
    }

    /**
     * Asserts that elements in double precision are close.
     *
     * @param tensor its name in the failure message
     * @param actual elements
     * @param expected as many elements
     * @param tolerance how far apart they may be
     */
    public static void assertClose(
            String tensor, double[] actual, double[] expected, Tolerance tolerance) {
        compare(tensor, actual, expected, new long[] {expected.length}, tolerance);
    }

    private static void compare(
            String tensor, float[] actual, float[] expected, long[] shape, Tolerance tolerance) {
        compare(tensor, widened(actual), widened(expected), shape, tolerance);
    }

    private static double[] widened(float[] values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }

    private static void compare(
            String tensor, double[] actual, double[] expected, long[] shape, Tolerance tolerance) {
        if (actual.length != expected.length) {
            throw new AssertionError(
                    "%s has %s elements, expected %s"
                            .formatted(tensor, actual.length, expected.length));
        }
        double largest = 0;
        for (double value : expected) {
            if (Double.isFinite(value)) {
                largest = Math.max(largest, Math.abs(value));
            }
        }
        double worstExcess = 0;
        int worst = -1;
        int wrong = 0;
        for (int i = 0; i < expected.length; i++) {
            double difference = difference(actual[i], expected[i]);
            double excess = difference - tolerance.at(expected[i], largest);
            // written so that a bound that is not a number fails too
            if (difference > 0 && !(excess <= 0)) {
                wrong++;
                if (worst < 0 || excess > worstExcess) {
                    worstExcess = excess;
                    worst = i;
                }
            }
        }
        if (wrong > 0) {
            throw new AssertionError(
                    String.format(
                            Locale.ROOT,
                            ("%s: %d of %d elements are too far off; largest difference %.6g at %s (%s"
                                    + " instead of %s), allowed %s = %.3g there"),
                            tensor,
                            wrong,
                            expected.length,
                            difference(actual[worst], expected[worst]),
                            place(worst, shape),
                            actual[worst],
                            expected[worst],
                            tolerance,
                            tolerance.at(expected[worst], largest)));
        }
    }

    /** Equal infinities and two NaN differ by nothing; a NaN for a number differs infinitely. */
    private static double difference(double actual, double expected) {
        if (actual == expected || Double.isNaN(actual) && Double.isNaN(expected)) {
            return 0;
        }
        double difference = Math.abs(actual - expected);
        return Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
    }

    private static String place(int index, long[] shape) {
        long[] place = new long[shape.length];
        long rest = index;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            place[axis] = rest % shape[axis];
            rest /= shape[axis];
        }
        return Arrays.toString(place);
    }
}
