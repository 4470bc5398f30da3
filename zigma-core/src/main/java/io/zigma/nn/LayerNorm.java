package io.zigma.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import io.zigma.op.Modulated;
import io.zigma.op.Normalization;

/** y = (x − mean) / √(variance + ε) · weight + bias (Ba et al. 2016, equation 4). */
public final class LayerNorm extends Norm {

    private final double epsilon;
    private final Parameter weight;
    private final Parameter bias;

    /**
     * Creates the block.
     *
     * @param size size of the last axis
     * @param epsilon added to the variance
     */
    public LayerNorm(int size, double epsilon) {
        this.epsilon = epsilon;
        weight = parameter("weight", Parameter.Type.GAMMA, size);
        bias = parameter("bias", Parameter.Type.BETA, size);
    }

    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return Normalization.layer(x, value(pass, weight, x), value(pass, bias, x), epsilon);
    }

    @Override
    public Modulated modulated(Pass pass, NDArray x, NDArray shift, NDArray scale) {
        return Normalization.modulatedLayer(
                x, value(pass, weight, x), value(pass, bias, x), epsilon, shift, scale);
    }
}
