package io.zigma.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.zigma.op.GroupNormalization;

/** Group norm of pictures (B, C, H, W) with weight and bias (C) (Wu and He 2018). */
public final class GroupNorm extends UnaryBlock {

    private final int groups;
    private final double epsilon;
    private final Parameter weight;
    private final Parameter bias;

    /**
     * Makes a norm.
     *
     * @param channels C
     * @param groups a divisor of C
     * @param epsilon added to the variance, positive
     */
    public GroupNorm(int channels, int groups, double epsilon) {
        this.groups = groups;
        this.epsilon = epsilon;
        weight = parameter("weight", Parameter.Type.GAMMA, channels);
        bias = parameter("bias", Parameter.Type.BETA, channels);
    }

    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return apply(pass, x, false);
    }

    /**
     * Applies the norm and SiLU after it, in as few passes over the picture as there can be.
     *
     * @param pass parameter values of this forward pass
     * @param x (B, C, H, W)
     * @return (B, C, H, W)
     */
    public NDArray applySilu(Pass pass, NDArray x) {
        return apply(pass, x, true);
    }

    /**
     * Applies the norm, scales and shifts what comes out, and applies SiLU (adaptive group norm;
     * Dhariwal and Nichol 2021, equation 4).
     *
     * @param pass parameter values of this forward pass
     * @param x (B, C, H, W)
     * @param scale of each picture (B, C); 0 leaves the norm as it is
     * @param shift of each picture (B, C)
     * @return (B, C, H, W)
     */
    public NDArray applyModulatedSilu(Pass pass, NDArray x, NDArray scale, NDArray shift) {
        return GroupNormalization.applyModulatedSilu(
                x, value(pass, weight, x), value(pass, bias, x), scale, shift, groups, epsilon);
    }

    private NDArray apply(Pass pass, NDArray x, boolean silu) {
        return GroupNormalization.apply(
                x, value(pass, weight, x), value(pass, bias, x), groups, epsilon, silu);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return inputShapes;
    }
}
