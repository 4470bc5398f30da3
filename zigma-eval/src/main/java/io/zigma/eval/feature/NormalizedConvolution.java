package io.zigma.eval.feature;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.convolutional.Conv3d;
import ai.djl.nn.norm.BatchNorm;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;

/**
 * A convolution of width 3 and batch normalisation (Ioffe and Szegedy 2015, algorithms 1 and 2);
 * the normalisation's shift takes the part of the convolution's bias.
 */
final class NormalizedConvolution extends UnaryBlock {

    private static final int KERNEL = 3;

    private static final Shape PADDING = new Shape(1, 1);
    private static final Shape IN_SPACE = new Shape(0, 1, 1);
    private static final Shape IN_TIME = new Shape(1, 0, 0);

    /** How much of the running mean and variance a training batch leaves. */
    private static final float MOMENTUM = 0.9f;

    private static final float EPSILON = 1e-5f;

    private final int outputs;
    private final Shape stride;
    private final Shape padding;
    private final Parameter weight;
    private final Parameter scale;
    private final Parameter shift;
    private final Parameter mean;
    private final Parameter variance;

    /**
     * Creates the two for pictures, 3 × 3.
     *
     * @param inputs channels that come in
     * @param outputs channels that go out
     * @param stride 1, or 2 to halve the picture
     */
    NormalizedConvolution(int inputs, int outputs, int stride) {
        this(inputs, outputs, new Shape(stride, stride), PADDING);
    }

    /**
     * Creates the two for the frames of clips, 1 × 3 × 3.
     *
     * @param inputs channels that come in
     * @param outputs channels that go out
     * @param stride 1, or 2 to halve the frames' sides
     * @param timeStride 1, or 2 to leave out every other frame; what came before has seen it
     */
    static NormalizedConvolution inSpace(int inputs, int outputs, int stride, int timeStride) {
        return new NormalizedConvolution(
                inputs, outputs, new Shape(timeStride, stride, stride), IN_SPACE);
    }

    /**
     * Creates the two for what changes from frame to frame, 3 × 1 × 1.
     *
     * @param channels that come in and go out
     */
    static NormalizedConvolution inTime(int channels) {
        return new NormalizedConvolution(channels, channels, new Shape(1, 1, 1), IN_TIME);
    }

    /** A side that is not padded is one that is not convolved along. */
    private NormalizedConvolution(int inputs, int outputs, Shape stride, Shape padding) {
        this.outputs = outputs;
        this.stride = stride;
        this.padding = padding;
        long[] shape = new long[2 + padding.dimension()];
        shape[0] = outputs;
        shape[1] = inputs;
        for (int i = 0; i < padding.dimension(); i++) {
            shape[2 + i] = padding.get(i) == 1 ? KERNEL : 1;
        }
        weight = parameter("weight", Parameter.Type.WEIGHT, shape);
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
     * @param x (B, in, H, W), or (B, in, F, H, W) of clips
     * @return (B, out, ⌈H / stride⌉, ⌈W / stride⌉), of clips with frames before these
     */
    @Override
    public NDArray apply(Pass pass, NDArray x) {
        NDArray kernel = value(pass, weight, x);
        NDArray y =
                (padding.dimension() == 2
                                ? Conv2d.conv2d(x, kernel, null, stride, padding)
                                : Conv3d.conv3d(x, kernel, null, stride, padding))
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
        long[] shape = inputShapes[0].getShape().clone();
        shape[1] = outputs;
        for (int i = 0; i < stride.dimension(); i++) {
            shape[2 + i] = (shape[2 + i] + stride.get(i) - 1) / stride.get(i);
        }
        return new Shape[] {new Shape(shape)};
    }
}
