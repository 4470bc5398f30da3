package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Stores a copy of every state a sampler passes through. */
final class Trajectory implements StepListener {

    private final NDManager manager;
    private final List<NDArray> states = new ArrayList<>();
    private final List<Double> times = new ArrayList<>();
    private @Nullable NDArray estimate;

    Trajectory(NDManager manager) {
        this.manager = manager;
    }

    @Override
    public void afterStep(Step step) {
        add(step.x());
        times.add(step.time());
        estimate = step.estimate().duplicate();
        estimate.attach(manager);
    }

    void add(NDArray x) {
        NDArray copy = x.duplicate();
        copy.attach(manager);
        states.add(copy);
    }

    List<Double> times() {
        return times;
    }

    NDArray last() {
        return states.get(states.size() - 1);
    }

    /** The data that the model saw at the beginning of the last step. */
    NDArray estimate() {
        return Objects.requireNonNull(estimate);
    }

    int size() {
        return states.size();
    }

    /** All states (N, B, …). */
    NDArray stacked() {
        return NDArrays.stack(new NDList(states));
    }
}
