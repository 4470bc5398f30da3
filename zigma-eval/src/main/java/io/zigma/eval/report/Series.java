package io.zigma.eval.report;

import io.zigma.eval.EvaluationResult;
import java.util.function.ToDoubleFunction;

/** What differs between several results that are told together. */
public enum Series {
    /** The checkpoints of a run. */
    TRAINING("over_training", "training steps", result -> result.model().step().orElseThrow()),
    /** Guidance scales. */
    GUIDANCE("guidance_sweep", "guidance scale", result -> result.model().guidance().scale());

    private final String key;
    private final String axis;
    private final ToDoubleFunction<EvaluationResult> place;

    Series(String key, String axis, ToDoubleFunction<EvaluationResult> place) {
        this.key = key;
        this.axis = axis;
        this.place = place;
    }

    /** Returns its name in JSON. */
    public String key() {
        return key;
    }

    /** Returns what differs, for people. */
    public String axis() {
        return axis;
    }

    /**
     * Returns where a result stands in it.
     *
     * @param result one of the series
     * @return steps, or the scale
     */
    public double place(EvaluationResult result) {
        return place.applyAsDouble(result);
    }
}
