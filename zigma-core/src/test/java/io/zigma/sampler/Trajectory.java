package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;

/** Keeps a copy of every state a sampler passes through. */
final class Trajectory implements StepListener {

    private final NDManager manager;
    private final List<NDArray> states = new ArrayList<>();
    private final List<Double> times = new ArrayList<>();

    Trajectory(NDManager manager) {
        this.manager = manager;
    }

    @Override
    public void afterStep(Step step) {
        keep(step.x());
        times.add(step.time());
    }

    void keep(NDArray x) {
        NDArray copy = x.duplicate();
        copy.attach(manager);
        states.add(copy);
    }

    List<Double> times() {
        return times;
    }

    int size() {
        return states.size();
    }

    /** All states (N, B, …). */
    NDArray stacked() {
        return NDArrays.stack(new NDList(states));
    }
}
