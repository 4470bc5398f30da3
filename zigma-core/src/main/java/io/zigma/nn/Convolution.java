package io.zigma.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import io.zigma.op.EachSequence;

/**
 * A convolution of images that keeps their size: an odd kernel, stride 1, zeros around the border
 * (PyTorch's {@code Conv2d} with {@code padding} = ⌊k / 2⌋).
 */
public final class Convolution extends UnaryBlock {

    private final int outputs;
    private final int kernel;
    private final Parameter weight;
    private final Parameter bias;

    /**
     * Creates the block.
     *
     * @param inputs channels that come in
     * @param outputs channels that go out
     * @param kernel side k of the kernel, odd
     */
    public Convolution(int inputs, int outputs, int kernel) {
        if (kernel < 1 || kernel % 2 == 0) {
            throw new IllegalArgumentException(
                    "a convolution that keeps the size needs an odd kernel, not " + kernel);
        }
        this.outputs = outputs;
        this.kernel = kernel;
        weight = parameter("weight", Parameter.Type.WEIGHT, outputs, inputs, kernel, kernel);
        bias = parameter("bias", Parameter.Type.BIAS, outputs);
    }

    /**
     * Convolves, each image by itself where no gradients are recorded: the engine's kernel may
     * round otherwise in a larger batch.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param x (B, in, H, W)
     * @return (B, out, H, W)
     */
    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return EachSequence.of(x, part -> convolved(pass, part));
    }

    private NDArray convolved(Pass pass, NDArray x) {
        int margin = kernel / 2;
        return Conv2d.conv2d(
                        x,
                        value(pass, weight, x),
                        value(pass, bias, x),
                        new Shape(1, 1),
                        new Shape(margin, margin))
                .singletonOrThrow();
    }

    /** Counts one vector for each pixel. */
    @Override
    public OperationCount operations(long vectors) {
        return OperationCount.ofMatrixProducts(vectors * weight.getShape().size());
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        Shape in = inputShapes[0];
        return new Shape[] {new Shape(in.get(0), outputs, in.get(2), in.get(3))};
    }
}
