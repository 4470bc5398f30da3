package io.zigma.eval.feature;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;

/**
 * A 3 × 3 convolution and batch normalisation (Ioffe and Szegedy 2015, algorithms 1 and 2); the
 * normalisation's shift takes the part of the convolution's bias.
 */
final class NormalizedConvolution extends UnaryBlock {

    private static final int KERNEL = 3;

    /** How much of the running mean and variance a training batch leaves. */
    private static final float MOMENTUM = 0.9f;

    private static final float EPSILON = 1e-5f;

    private final int outputs;
    private final int stride;
    private final Parameter weight;
    private final Parameter scale;
    private final Parameter shift;
    private final Parameter mean;
    private final Parameter variance;

    /**
     * Creates the two.
     *
     * @param inputs channels that come in
     * @param outputs channels that go out
     * @param stride 1, or 2 to halve the picture
     */
    NormalizedConvolution(int inputs, int outputs, int stride) {
        this.outputs = outputs;
        this.stride = stride;
        weight = parameter("weight", Parameter.Type.WEIGHT, outputs, inputs, KERNEL, KERNEL);
        scale = parameter("norm.weight", Parameter.Type.GAMMA, outputs);
        shift = parameter("norm.bias", Parameter.Type.BETA, outputs);
        mean = parameter("norm.running_mean", Parameter.Type.RUNNING_MEAN, outputs);
        variance = parameter("norm.running_var", Parameter.Type.RUNNING_VAR, outputs);
        mean.freeze(true);
        variance.freeze(true);
    }

    /**
     * Convolves and normalises.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param x (B, in, H, W)
     * @return (B, out, ⌈H / stride⌉, ⌈W / stride⌉)
     */
    @Override
    public NDArray apply(Pass pass, NDArray x) {
        NDArray y =
                Conv2d.conv2d(
                                x,
                                value(pass, weight, x),
                                null,
                                new Shape(stride, stride),
                                new Shape(1, 1))
                        .singletonOrThrow(); // (B, out, H / stride, W / stride)
        return BatchNorm.batchNorm(
                        y,
                        value(pass, mean, x),
                        value(pass, variance, x),
                        value(pass, scale, x),
                        value(pass, shift, x),
                        -1, // the engine's own axis, the second
                        MOMENTUM,
                        EPSILON,
                        pass.training())
                .singletonOrThrow();
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        Shape in = inputShapes[0];
        return new Shape[] {new Shape(in.get(0), outputs, halved(in.get(2)), halved(in.get(3)))};
    }

    private long halved(long side) {
        return (side + stride - 1) / stride;
    }
}
