package io.zigma.nn;

import ai.djl.ndarray.types.Shape;
import java.util.SplittableRandom;

/** What the parameters of a state space start from (Gu and Dao 2023, section 3.6). */
public final class StateValues {

    /** Δ starts log-uniform in this range (Gu and Dao 2023, section 3.6). */
    private static final double SMALLEST_STEP = 1e-3;

    private static final double LARGEST_STEP = 0.1;

    private StateValues() {}

    /**
     * Returns log of 1 … N in every channel: the S4D-real decay rates.
     *
     * @param shape (E, N)
     * @return the values of A_log
     */
    public static float[] decayLog(Shape shape) {
        int states = (int) shape.get(1);
        float[] values = new float[(int) shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.log(i % states + 1);
        }
        return values;
    }

    /**
     * Samples a bias whose softplus is a step size.
     *
     * @param shape of the bias
     * @param random its random stream
     * @return one for each channel
     */
    public static float[] stepBias(Shape shape, SplittableRandom random) {
        return InitialValues.filled(shape, () -> inverseSoftplus(step(random)));
    }

    private static double step(SplittableRandom random) {
        double low = Math.log(SMALLEST_STEP);
        double high = Math.log(LARGEST_STEP);
        return Math.max(Math.exp(low + random.nextDouble() * (high - low)), 1e-4);
    }

    private static double inverseSoftplus(double y) {
        return y + Math.log(-Math.expm1(-y));
    }
}
