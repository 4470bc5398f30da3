package io.zigma.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.zigma.op.Bfloat16;
import io.zigma.op.Convolution;
import io.zigma.op.Precision;

/** A convolution of pictures with a square kernel, weights (out, in, k, k) as in PyTorch. */
public final class PictureConvolution extends UnaryBlock {

    /** With fewer channels on a side there is less to gain than rounding the picture costs. */
    private static final int WORTH_ROUNDING = 64;

    private final int inputs;
    private final int outputs;
    private final int kernel;
    private final int stride;
    private final int padding;
    private final Parameter weight;
    private final Parameter bias;
    private final RoundedWeight rounded = new RoundedWeight();

    private PictureConvolution(int inputs, int outputs, int kernel, int stride, int padding) {
        this.inputs = inputs;
        this.outputs = outputs;
        this.kernel = kernel;
        this.stride = stride;
        this.padding = padding;
        weight = parameter("weight", Parameter.Type.WEIGHT, outputs, inputs, kernel, kernel);
        bias = parameter("bias", Parameter.Type.BIAS, outputs);
    }

    /**
     * Makes a convolution that keeps the sides.
     *
     * @param inputs channels in
     * @param outputs channels out
     * @param kernel side k of the window, odd
     * @return the layer
     */
    public static PictureConvolution same(int inputs, int outputs, int kernel) {
        return new PictureConvolution(inputs, outputs, kernel, 1, kernel / 2);
    }

    /**
     * Makes a convolution of 3 × 3 whose windows lie two pixels apart, without padding.
     *
     * @param channels in and out
     * @return the layer, which halves sides that are padded by one pixel
     */
    public static PictureConvolution halving(int channels) {
        return new PictureConvolution(channels, channels, 3, 2, 0);
    }

    /**
     * Makes a convolution of 3 × 3 at every second pixel, with zeros around the picture.
     *
     * @param channels in and out
     * @return the layer, which halves sides
     */
    public static PictureConvolution halvingPadded(int channels) {
        return new PictureConvolution(channels, channels, 3, 2, 1);
    }

    /**
     * Applies the layer.
     *
     * @param pass parameter values of this forward pass
     * @param x (B, in, H, W)
     * @return (B, out, …)
     */
    @Override
    public NDArray apply(Pass pass, NDArray x) {
        NDArray shift = value(pass, bias, x);
        NDArray lower = rounded.get(pass);
        if (lower != null) {
            return Bfloat16.convolve(x, lower, shift, stride, padding);
        }
        NDArray kernels = value(pass, weight, x);
        return pass.trainsInBfloat16() && isWorthRounding()
                ? Bfloat16.convolveRecorded(x, kernels, shift, stride, padding)
                : Convolution.apply(x, kernels, shift, stride, padding);
    }

    @Override
    public void setPrecision(Precision precision) {
        rounded.set(isWorthRounding() ? precision : Precision.FLOAT32, weight.getArray());
    }

    private boolean isWorthRounding() {
        return Math.min(inputs, outputs) >= WORTH_ROUNDING;
    }

    @Override
    public OperationCount operations(long vectors) {
        return OperationCount.ofMatrixProducts(vectors * weight.getShape().size());
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        Shape x = inputShapes[0];
        return new Shape[] {new Shape(x.get(0), outputs, side(x.get(2)), side(x.get(3)))};
    }

    private long side(long input) {
        return (input + 2L * padding - kernel) / stride + 1;
    }
}
