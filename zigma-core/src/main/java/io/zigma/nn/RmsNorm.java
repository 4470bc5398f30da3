package io.zigma.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import io.zigma.op.Modulated;
import io.zigma.op.Normalization;

/** y = x / √(mean(x²) + ε) · weight (Zhang and Sennrich 2019, equation 4). */
public final class RmsNorm extends Norm {

    private final double epsilon;
    private final Parameter weight;

    /**
     * Creates the block.
     *
     * @param size size of the last axis
     * @param epsilon added to the mean square
     */
    public RmsNorm(int size, double epsilon) {
        this.epsilon = epsilon;
        weight = parameter("weight", Parameter.Type.GAMMA, size);
    }

    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return Normalization.rms(x, value(pass, weight, x), epsilon);
    }

    @Override
    public Modulated modulated(Pass pass, NDArray x, NDArray shift, NDArray scale) {
        return Normalization.modulatedRms(x, value(pass, weight, x), epsilon, shift, scale);
    }
}
