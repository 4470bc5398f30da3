package io.zigma.eval.feature;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;

/**
 * A convolution in space to a new width and size, then one in time that adds to it: the (2+1)-D
 * convolution of Tran et al. 2018 ("A Closer Look at Spatiotemporal Convolutions", figure 1e), with
 * a residual connection around the second.
 */
final class ClipStage extends UnaryBlock {

    private final NormalizedConvolution entry;
    private final NormalizedConvolution motion;
    private final int timeStride;

    /**
     * Creates a stage.
     *
     * @param inputs channels that come in
     * @param outputs channels that go out
     * @param stride 1, or 2 to halve the frames' sides
     * @param timeStride 1, or 2 to halve the number of frames
     */
    ClipStage(int inputs, int outputs, int stride, int timeStride) {
        this.timeStride = timeStride;
        entry = child("entry", NormalizedConvolution.inSpace(inputs, outputs, stride, timeStride));
        motion = child("motion", NormalizedConvolution.inTime(outputs));
    }

    /**
     * Applies the stage.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param x (B, in, F, H, W)
     * @return (B, out, ⌈F / timeStride⌉, ⌈H / stride⌉, ⌈W / stride⌉), nothing below 0
     */
    @Override
    public NDArray apply(Pass pass, NDArray x) {
        NDArray y = Activation.relu(entry.apply(pass, x));
        return Activation.relu(y.add(motion.apply(pass, y)));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return entry.getOutputShapes(inputShapes);
    }
}
