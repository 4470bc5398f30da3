package io.zigma.media;

/**
 * Weights that resample one axis of a picture to another length: a cubic kernel (Keys 1981, a =
 * −½), widened when shrinking so that every source pixel counts.
 */
final class ResampledAxis {

    private static final double SUPPORT = 2;

    private final int[] first;
    private final float[][] weights;

    /**
     * Prepares the weights.
     *
     * @param source number of source pixels
     * @param start start of the region, in source pixels
     * @param length length of the region, in source pixels
     * @param target number of target pixels
     */
    ResampledAxis(int source, double start, double length, int target) {
        double step = length / target;
        double widening = Math.max(1, step);
        first = new int[target];
        weights = new float[target][];
        for (int i = 0; i < target; i++) {
            double centre = start + (i + 0.5) * step;
            int from = clamp((int) Math.floor(centre - SUPPORT * widening), source);
            int to = clamp((int) Math.ceil(centre + SUPPORT * widening), source);
            // at the edge rounding could leave no pixel
            from = Math.min(from, source - 1);
            to = Math.max(to, from + 1);
            first[i] = from;
            weights[i] = normalised(from, to, centre, widening);
        }
    }

    private static int clamp(int position, int source) {
        return Math.max(0, Math.min(position, source));
    }

    private static float[] normalised(int from, int to, double centre, double widening) {
        double[] raw = new double[to - from];
        double sum = 0;
        for (int i = 0; i < raw.length; i++) {
            raw[i] = cubic((from + i + 0.5 - centre) / widening);
            sum += raw[i];
        }
        float[] weights = new float[raw.length];
        for (int i = 0; i < raw.length; i++) {
            weights[i] = (float) (raw[i] / sum);
        }
        return weights;
    }

    private static double cubic(double position) {
        double x = Math.abs(position);
        if (x < 1) {
            return (1.5 * x - 2.5) * x * x + 1;
        }
        return x < SUPPORT ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
    }

    /** Returns the first source pixel that any target pixel needs. */
    int begin() {
        return first[0];
    }

    /** Returns the index after the last source pixel that any target pixel needs. */
    int end() {
        int end = 0;
        for (int i = 0; i < first.length; i++) {
            end = Math.max(end, first[i] + weights[i].length);
        }
        return end;
    }

    /** Returns the first source pixel with a weight for a target pixel. */
    int first(int target) {
        return first[target];
    }

    /** Returns the weights of that source pixel and those after it; not a copy. */
    float[] weights(int target) {
        return weights[target];
    }
}
