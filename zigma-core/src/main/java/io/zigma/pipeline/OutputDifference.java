package io.zigma.pipeline;

/**
 * How far one recomputed output of a model is from the recorded one.
 *
 * @param time the time t of the input, 0 at noise and 1 at data
 * @param label number of the class that the model was given, or {@link GenerationRequest#ANY}
 * @param absolute the largest difference of two values; not a number if one of them is none
 * @param largest the largest magnitude in the recorded output
 * @param allowed the largest absolute difference that rounding explains
 */
public record OutputDifference(
        double time, int label, double absolute, double largest, double allowed) {

    /**
     * Returns the difference as a fraction of the output's size.
     *
     * @return absolute / largest, 0 where nothing differs
     */
    public double relative() {
        return absolute == 0 ? 0 : absolute / largest;
    }

    /**
     * Returns whether rounding explains the difference.
     *
     * @return false if the difference is larger or not a number
     */
    public boolean tolerated() {
        return absolute <= allowed;
    }
}
