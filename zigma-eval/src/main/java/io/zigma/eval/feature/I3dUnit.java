package io.zigma.eval.feature;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv3d;
import ai.djl.nn.norm.BatchNorm;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.Scratch;

/**
 * Convolution over time, rows and columns without bias, batch normalisation by its running
 * statistics, ReLU: what every arrow of I3D is made of.
 *
 * <p>The original normalises without a scale; files of PyTorch have one of ones, {@code bn.weight}.
 */
final class I3dUnit extends UnaryBlock {

    private static final float EPSILON = 1e-3f;

    private final int outputs;
    private final SamePadding padding;
    private final Parameter weight;
    private final Parameter scale;
    private final Parameter shift;
    private final Parameter mean;
    private final Parameter variance;

    /**
     * Creates a unit.
     *
     * @param inputs channels that come in
     * @param outputs channels that go out
     * @param width of the window in all three directions
     * @param stride step in all three directions
     */
    I3dUnit(int inputs, int outputs, int width, int stride) {
        this.outputs = outputs;
        padding =
                new SamePadding(new Shape(width, width, width), new Shape(stride, stride, stride));
        weight =
                parameter(
                        "conv3d.weight",
                        Parameter.Type.WEIGHT,
                        outputs,
                        inputs,
                        width,
                        width,
                        width);
        scale = parameter("bn.weight", Parameter.Type.GAMMA, outputs);
        shift = parameter("bn.bias", Parameter.Type.BETA, outputs);
        mean = parameter("bn.running_mean", Parameter.Type.RUNNING_MEAN, outputs);
        variance = parameter("bn.running_var", Parameter.Type.RUNNING_VAR, outputs);
    }

    /**
     * Applies the unit.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param x (B, in, T, H, W)
     * @return (B, out, ⌈T / stride⌉, ⌈H / stride⌉, ⌈W / stride⌉), nothing below 0
     */
    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return Scratch.freed(
                () -> {
                    NDArray y =
                            Conv3d.conv3d(
                                            padding.padded(x),
                                            value(pass, weight, x),
                                            null,
                                            padding.stride(),
                                            new Shape(0, 0, 0))
                                    .singletonOrThrow();
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
        return new Shape[] {padding.output(inputShapes[0], outputs)};
    }
}
