package io.zigma.backbone.adm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.zigma.nn.Pass;
import io.zigma.nn.PictureConvolution;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.Convolution;
import io.zigma.op.Scratch;
import org.jspecify.annotations.Nullable;

/**
 * The way to the next resolution without a residual block (official {@code Downsample}, {@code
 * Upsample}).
 */
final class Resample extends UnaryBlock {

    private final boolean up;
    private final @Nullable PictureConvolution convolution;

    /**
     * Creates the layer.
     *
     * @param channels in and out
     * @param up whether sides double, or halve
     * @param convolved whether there is a convolution, or the plain mean or repetition of pixels
     */
    Resample(int channels, boolean up, boolean convolved) {
        this.up = up;
        if (!convolved) {
            convolution = null;
        } else if (up) {
            convolution = child("conv", PictureConvolution.same(channels, channels, 3));
        } else {
            convolution = child("op", PictureConvolution.halvingPadded(channels));
        }
    }

    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return Scratch.freed(
                () -> {
                    if (!up) {
                        return convolution == null
                                ? Convolution.halved(x)
                                : convolution.apply(pass, x);
                    }
                    NDArray wide = Convolution.doubled(x);
                    return convolution == null ? wide : convolution.apply(pass, wide);
                });
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        Shape x = inputShapes[0];
        long height = up ? 2 * x.get(2) : x.get(2) / 2;
        long width = up ? 2 * x.get(3) : x.get(3) / 2;
        return new Shape[] {new Shape(x.get(0), x.get(1), height, width)};
    }
}
