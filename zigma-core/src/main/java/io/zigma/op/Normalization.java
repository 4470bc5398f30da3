package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import org.jspecify.annotations.Nullable;

/**
 * Normalisation over the last axis. Results belong to the manager of x, also where the parameters
 * belong to a model's.
 */
public final class Normalization {

    private Normalization() {}

    /**
     * Root mean square norm, x / √(mean(x²) + eps) · weight (Zhang and Sennrich 2019, equation 4).
     *
     * @param x (…, D)
     * @param weight (D)
     * @param eps added to the mean square, positive
     * @return (…, D)
     * @throws IllegalArgumentException if the weight does not fit
     */
    public static NDArray rms(NDArray x, NDArray weight, double eps) {
        int axis = x.getShape().dimension() - 1;
        Shapes.check("the weight", weight, new Shape(x.getShape().get(axis)));
        return Scratch.freed(
                () -> {
                    NDArray meanSquare = x.square().mean(new int[] {axis}, true); // (…, 1)
                    return x.div(meanSquare.add(eps).sqrt()).mul(weight);
                });
    }

    /**
     * Layer norm, (x − mean) / √(variance + eps) · weight + bias (Ba et al. 2016).
     *
     * @param x (…, D)
     * @param weight (D), or null for ones
     * @param bias (D), or null for zeros
     * @param eps added to the variance, positive
     * @return (…, D)
     * @throws IllegalArgumentException if weight or bias do not fit
     */
    public static NDArray layer(
            NDArray x, @Nullable NDArray weight, @Nullable NDArray bias, double eps) {
        Shape normalized = new Shape(x.getShape().get(x.getShape().dimension() - 1));
        Shapes.check("the weight", weight, normalized);
        Shapes.check("the bias", bias, normalized);
        return Scratch.freed(
                () -> {
                    NDManager manager = x.getManager();
                    NDArray scale =
                            weight == null
                                    ? manager.ones(normalized, x.getDataType(), x.getDevice())
                                    : weight;
                    NDArray shift =
                            bias == null
                                    ? manager.zeros(normalized, x.getDataType(), x.getDevice())
                                    : bias;
                    return JniUtils.layerNorm(
                            (PtNDArray) x, normalized, (PtNDArray) scale, (PtNDArray) shift, eps);
                });
    }
}
