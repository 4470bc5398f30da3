package io.zigma.eval.feature;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv3d;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.Scratch;

/** The scores of I3D's classes at each time, as a convolution of width 1, averaged over time. */
final class I3dHead extends UnaryBlock {

    private final int classes;
    private final Parameter weight;
    private final Parameter bias;

    I3dHead(int inputs, int classes) {
        this.classes = classes;
        weight = parameter("conv3d.weight", Parameter.Type.WEIGHT, classes, inputs, 1, 1, 1);
        bias = parameter("conv3d.bias", Parameter.Type.BIAS, classes);
    }

    /**
     * Applies the head.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param x (B, in, T, 1, 1)
     * @return (B, classes), before any softmax
     */
    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return Scratch.freed(
                () ->
                        Conv3d.conv3d(
                                        x,
                                        value(pass, weight, x),
                                        value(pass, bias, x),
                                        new Shape(1, 1, 1),
                                        new Shape(0, 0, 0))
                                .singletonOrThrow() // (B, classes, T, 1, 1)
                                .squeeze(new int[] {3, 4})
                                .mean(new int[] {2}));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {new Shape(inputShapes[0].get(0), classes)};
    }
}
