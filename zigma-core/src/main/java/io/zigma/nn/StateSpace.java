package io.zigma.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.zigma.op.DecayRates;
import io.zigma.op.SelectiveScan;
import io.zigma.scan.ScanPath;

/**
 * The selective state space of a mixer with the convolution before it, along one path (Gu and Dao
 * 2023, algorithm 2).
 *
 * <p>Its parameters are the mixer's own: a mixer of several directions has several, told apart by
 * an ending of their official names.
 */
final class StateSpace {

    private final ScanPath path;
    private final int innerSize;
    private final int stateSize;

    private final Parameter decayLog; // (E, N)
    private final Parameter skip; // (E)
    private final DepthwiseConvolution convolution; // (E, 1, K)
    private final Dense selection; // E → R + 2N
    private final Dense time; // R → E

    /**
     * Adds a state space to a mixer.
     *
     * @param mixer whose parameters these will be
     * @param hiddenSize channels D of the mixer
     * @param config sizes of its inside
     * @param ending of the official names, empty for a mixer's first
     * @param path the order in which tokens are visited
     */
    StateSpace(NamedBlock mixer, int hiddenSize, MambaConfig config, String ending, ScanPath path) {
        this.path = path;
        stateSize = config.stateSize();
        int timeRank = config.timeRank(hiddenSize);
        innerSize = config.innerSize(hiddenSize);
        // only this one name has its ending inside
        String decayName = ending.isEmpty() ? "A_log" : "A_b_log" + ending.substring(2);
        decayLog = mixer.parameter(decayName, Parameter.Type.WEIGHT, innerSize, stateSize);
        skip = mixer.parameter("D" + ending, Parameter.Type.GAMMA, innerSize);
        convolution =
                mixer.child(
                        "conv1d" + ending,
                        new DepthwiseConvolution(
                                innerSize, config.convolutionWidth(), config.convolutionBias()));
        selection =
                mixer.child(
                        "x_proj" + ending, new Dense(innerSize, timeRank + 2 * stateSize, false));
        time = mixer.child("dt_proj" + ending, new Dense(timeRank, innerSize, true));
    }

    /**
     * Walks the tokens.
     *
     * @param store where the parameters' values come from
     * @param x (B, L, E) in raster order
     * @param gate (B, L, E), whose SiLU multiplies the result
     * @param training true in a training pass
     * @return (B, L, E) in raster order
     */
    NDArray apply(ParameterStore store, NDArray x, NDArray gate, boolean training) {
        NDArray u = convolution.silu(store, x, path, training); // (B, L, E)

        NDArray selected = selection.apply(store, u, training); // (B, L, R + 2N)
        NDArray decay = DecayRates.of(NamedBlock.value(store, decayLog, x, training)); // (E, N)
        return SelectiveScan.apply(
                u,
                selected,
                time.weight(store, x, training),
                decay,
                NamedBlock.value(store, skip, x, training),
                gate,
                time.bias(store, x, training),
                path); // (B, L, E)
    }

    /** Counts the recurrence over so many tokens; the layers around it are the mixer's children. */
    OperationCount recurrence(long tokens) {
        // Δ·A, Ā·h, (Δu)·B and C·h for each state; Δ·u, skip·u and the gate for each channel
        return OperationCount.ofScan(tokens * innerSize * (4L * stateSize + 3));
    }
}
