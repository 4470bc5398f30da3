package io.zigma.eval.feature;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.Scratch;

/**
 * Convolution without bias, batch normalisation by its running statistics, ReLU: what every arrow
 * of Inception is made of (torchvision {@code BasicConv2d}).
 */
final class InceptionUnit extends UnaryBlock {

    private static final float EPSILON = 1e-3f;

    private final int outputs;
    private final int[] kernel;
    private final int stride;
    private final int[] padding;
    private final Parameter weight;
    private final Parameter scale;
    private final Parameter shift;
    private final Parameter mean;
    private final Parameter variance;

    private InceptionUnit(int inputs, int outputs, int[] kernel, int stride, int[] padding) {
        this.outputs = outputs;
        this.kernel = kernel;
        this.stride = stride;
        this.padding = padding;
        weight =
                parameter(
                        "conv.weight",
                        Parameter.Type.WEIGHT,
                        outputs,
                        inputs,
                        kernel[0],
                        kernel[1]);
        scale = parameter("bn.weight", Parameter.Type.GAMMA, outputs);
        shift = parameter("bn.bias", Parameter.Type.BETA, outputs);
        mean = parameter("bn.running_mean", Parameter.Type.RUNNING_MEAN, outputs);
        variance = parameter("bn.running_var", Parameter.Type.RUNNING_VAR, outputs);
    }

    /** Returns a unit whose output has the input's size, by zero padding. */
    static InceptionUnit same(int inputs, int outputs, int height, int width) {
        return new InceptionUnit(
                inputs, outputs, new int[] {height, width}, 1, new int[] {height / 2, width / 2});
    }

    /** Returns a 3 × 3 unit that adds no zeros. */
    static InceptionUnit valid(int inputs, int outputs, int stride) {
        return new InceptionUnit(inputs, outputs, new int[] {3, 3}, stride, new int[] {0, 0});
    }

    /**
     * Applies the unit.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param x (B, in, H, W)
     * @return (B, out, H′, W′), nothing below 0
     */
    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return Scratch.freed(
                () -> {
                    NDArray y =
                            Conv2d.conv2d(
                                            x,
                                            value(pass, weight, x),
                                            null,
                                            new Shape(stride, stride),
                                            new Shape(padding[0], padding[1]))
                                    .singletonOrThrow(); // (B, out, H′, W′)
                    NDArray normal =
                            BatchNorm.batchNorm(
                                            y,
                                            value(pass, mean, x),
                                            value(pass, variance, x),
                                            value(pass, scale, x),
                                            value(pass, shift, x),
                                            -1, // the engine's own axis, the second
                                            0,
                                            EPSILON,
                                            false)
                                    .singletonOrThrow();
                    return Activation.relu(normal);
                });
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        Shape in = inputShapes[0];
        return new Shape[] {
            new Shape(in.get(0), outputs, length(in.get(2), 0), length(in.get(3), 1))
        };
    }

    private long length(long side, int axis) {
        return (side + 2L * padding[axis] - kernel[axis]) / stride + 1;
    }
}
