package io.zigma.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import io.zigma.op.SelectiveScan;
import io.zigma.op.StateMatrix;
import io.zigma.scan.ScanPath;

/**
 * The selective state space of a mixer with the convolution before it, along one path (Gu and Dao
 * 2023, algorithm 2).
 *
 * <p>Its parameters are the mixer's own: a mixer of several directions has several, distinguished
 * by an ending of their official names.
 */
final class StateSpace {

    private final ScanPath path;
    private final int innerSize;
    private final int stateSize;

    private final Parameter aLog; // (E, N), A = −exp(aLog)
    private final Parameter d; // D (E)
    private final DepthwiseConvolution convolution; // (E, 1, K)
    private final Dense xProj; // E → R + 2N: Δ in R dimensions, B, C
    private final Dense dtProj; // R → E: Δ before its softplus

    /**
     * Adds a state space to a mixer.
     *
     * @param mixer whose parameters these will be
     * @param hiddenSize channels D of the mixer
     * @param config its inner sizes
     * @param ending of the official names, empty for a mixer's first
     * @param path the order in which tokens are visited
     */
    StateSpace(NamedBlock mixer, int hiddenSize, MambaConfig config, String ending, ScanPath path) {
        this.path = path;
        stateSize = config.stateSize();
        int dtRank = config.dtRank(hiddenSize);
        innerSize = config.innerSize(hiddenSize);
        // only this one name has its ending inside
        String aName = ending.isEmpty() ? "A_log" : "A_b_log" + ending.substring(2);
        aLog = mixer.parameter(aName, Parameter.Type.WEIGHT, innerSize, stateSize);
        d = mixer.parameter("D" + ending, Parameter.Type.GAMMA, innerSize);
        convolution =
                mixer.child(
                        "conv1d" + ending,
                        new DepthwiseConvolution(
                                innerSize, config.convolutionWidth(), config.convolutionBias()));
        xProj = mixer.child("x_proj" + ending, new Dense(innerSize, dtRank + 2 * stateSize, false));
        dtProj = mixer.child("dt_proj" + ending, new Dense(dtRank, innerSize, true));
    }

    /**
     * Scans the tokens along the path.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param x (B, L, E) in raster order
     * @param gate (B, L, E), whose SiLU multiplies the result
     * @return (B, L, E) in raster order
     */
    NDArray apply(Pass pass, NDArray x, NDArray gate) {
        ScanPath order = pass.along(path);
        NDArray u = convolution.silu(pass, x, order); // (B, L, E)

        NDArray dtBC = xProj.apply(pass, u); // (B, L, R + 2N)
        NDArray a = StateMatrix.fromLog(NamedBlock.value(pass, aLog, x)); // A (E, N)
        return SelectiveScan.apply(
                u,
                dtBC,
                dtProj.weight(pass, x),
                a,
                NamedBlock.value(pass, d, x),
                gate,
                dtProj.bias(pass, x),
                order); // (B, L, E)
    }

    /** Counts the recurrence over so many tokens; the layers around it are the mixer's children. */
    OperationCount recurrence(long tokens) {
        // Δ·A, Ā·h, (Δu)·B and C·h for each state; Δ·u, D·u and the gate for each channel
        return OperationCount.ofScan(tokens * innerSize * (4L * stateSize + 3));
    }
}
