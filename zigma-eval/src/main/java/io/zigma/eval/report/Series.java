package io.zigma.eval.report;

import io.zigma.eval.EvaluationResult;
import io.zigma.eval.SampleSource;

/** What differs between several results that are shown together. */
public enum Series {
    /** The checkpoints of a run. */
    TRAINING("over_training", "training steps", SampleSource.STEP),
    /** Guidance scales. */
    GUIDANCE("guidance_sweep", "guidance scale", SampleSource.GUIDANCE_SCALE);

    private final String key;
    private final String axis;
    private final String fact;

    Series(String key, String axis, String fact) {
        this.key = key;
        this.axis = axis;
        this.fact = fact;
    }

    /**
     * Returns its name in JSON.
     *
     * @return lower case with underscores
     */
    public String key() {
        return key;
    }

    /**
     * Returns what differs among the results.
     *
     * @return the title of an axis, for people
     */
    public String axis() {
        return axis;
    }

    /**
     * Returns a result's position in it.
     *
     * @param result one of the series
     * @return steps, or the scale
     * @throws IllegalArgumentException if it is of no such series
     */
    public double place(EvaluationResult result) {
        Object value = result.source().facts().get(fact);
        if (!(value instanceof Number number)) {
            throw new IllegalArgumentException(
                    "%s has no %s for its position".formatted(result.source().name(), axis));
        }
        return number.doubleValue();
    }
}
