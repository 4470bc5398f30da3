package io.zigma.eval.feature;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;

/**
 * A convolution to a new width and size, then one that adds to it (a residual connection as in He
 * et al. 2016, figure 2, around one layer).
 */
final class Stage extends UnaryBlock {

    private final NormalizedConvolution entry;
    private final NormalizedConvolution refinement;

    /**
     * Creates a stage.
     *
     * @param inputs channels that come in
     * @param outputs channels that go out
     * @param stride 1, or 2 to halve the picture
     */
    Stage(int inputs, int outputs, int stride) {
        entry = child("entry", new NormalizedConvolution(inputs, outputs, stride));
        refinement = child("refinement", new NormalizedConvolution(outputs, outputs, 1));
    }

    /**
     * Applies the stage.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param x (B, in, H, W)
     * @return (B, out, ⌈H / stride⌉, ⌈W / stride⌉), nothing below 0
     */
    @Override
    public NDArray apply(Pass pass, NDArray x) {
        NDArray y = Activation.relu(entry.apply(pass, x));
        return Activation.relu(y.add(refinement.apply(pass, y)));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return entry.getOutputShapes(inputShapes);
    }
}
