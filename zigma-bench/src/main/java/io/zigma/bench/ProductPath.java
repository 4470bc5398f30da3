package io.zigma.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;

/** The two ways in which the engine multiplies tokens by a matrix; which is faster, depends. */
enum ProductPath {

    /** As a linear layer. */
    LINEAR {
        @Override
        PtNDArray multiply(NDArray x, NDArray weight) {
            return JniUtils.linear((PtNDArray) x, (PtNDArray) weight, null);
        }
    },

    /** As a 1 × 1 convolution of images whose pixels are the tokens, channels last in memory. */
    CONVOLUTION {
        @Override
        PtNDArray multiply(NDArray x, NDArray weight) {
            long rows = x.getShape().get(0);
            long inputs = x.getShape().get(1);
            long images = images(rows);
            NDArray pixels =
                    x.reshape(images, rows / images, 1, inputs)
                            .transpose(0, 3, 1, 2); // (n, C, ·, 1)
            return JniUtils.convolution(
                    (PtNDArray) pixels,
                    (PtNDArray) weight.reshape(weight.getShape().get(0), inputs, 1, 1),
                    null,
                    new Shape(1, 1),
                    new Shape(0, 0),
                    new Shape(1, 1),
                    1); // (n, out, ·, 1)
        }
    };

    /** The engine's faster library takes a convolution over for so many images, or more. */
    private static final long ENOUGH_IMAGES = 16;

    /**
     * Multiplies x (rows, in) by Wᵀ.
     *
     * @param x contiguous
     * @param weight W (out, in), contiguous
     * @return the product's values in the order of (rows, out) in memory, whatever its shape says
     */
    abstract PtNDArray multiply(NDArray x, NDArray weight);

    /** The smallest divisor of the rows that is enough, or one row an image. */
    private static long images(long rows) {
        for (long images = ENOUGH_IMAGES; images < rows; images++) {
            if (rows % images == 0) {
                return images;
            }
        }
        return rows;
    }
}
