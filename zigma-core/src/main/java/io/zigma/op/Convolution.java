package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.pooling.Pool;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;

/** Convolution of pictures and what surrounds it, through the engine. */
public final class Convolution {

    /** The engine's number for the nearest pixel. */
    private static final int NEAREST = 0;

    private Convolution() {}

    /**
     * Convolves pictures.
     *
     * @param x (B, C, H, W)
     * @param weight (out, C, k, k)
     * @param bias (out)
     * @param stride pixels from one window to the next
     * @param padding zeros at each side
     * @return (B, out, …), in the manager of x
     */
    public static NDArray apply(NDArray x, NDArray weight, NDArray bias, int stride, int padding) {
        return Conv2d.conv2d(
                        x,
                        weight,
                        bias,
                        new Shape(stride, stride),
                        new Shape(padding, padding),
                        new Shape(1, 1))
                .singletonOrThrow();
    }

    /**
     * Halves the sides by the mean of each 2 × 2 pixels.
     *
     * @param x (B, C, 2H, 2W)
     * @return (B, C, H, W), in the manager of x
     */
    public static NDArray halved(NDArray x) {
        Shape two = new Shape(2, 2);
        return Pool.avgPool2d(x, two, two, new Shape(0, 0), false, true);
    }

    /**
     * Doubles the sides by repeating each pixel.
     *
     * @param x (B, C, H, W)
     * @return (B, C, 2H, 2W), in the manager of x
     */
    public static NDArray doubled(NDArray x) {
        Shape shape = x.getShape();
        return JniUtils.interpolate(
                (PtNDArray) x, new long[] {2 * shape.get(2), 2 * shape.get(3)}, NEAREST, false);
    }
}
