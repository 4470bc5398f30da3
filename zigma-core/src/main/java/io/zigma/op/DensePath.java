package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The two ways the engine has to multiply many tokens with a matrix.
 *
 * <p>On Intel's processors both are about as fast. On others its linear operation, which is Intel's
 * MKL, uses narrower instructions than the processor has, and a convolution of one pixel, which is
 * oneDNN, takes half the time. {@link DenseChoice} decides between them.
 *
 * <p>On both, an element of the batch gets the same numbers alone as in any batch.
 */
public enum DensePath {
    /**
     * The engine's linear operation, sequence by sequence: its kernels, and with them the order in
     * which they sum, follow from the number of rows. While gradients are recorded it is one
     * operation on the whole batch.
     */
    LINEAR {
        @Override
        public NDArray multiply(NDArray x, NDArray weight, @Nullable NDArray bias) {
            return x.getShape().dimension() > 1
                    ? EachSequence.of(x, part -> linear(part, weight, bias))
                    : linear(x, weight, bias);
        }
    },

    /**
     * A convolution of one pixel over images of one column, which the tokens are viewed as; no
     * memory is moved for that. Where the tokens cannot be viewed so, or the matrix is small, it is
     * {@link #LINEAR}.
     *
     * <p>A lane of oneDNN's vectors is an output, and every pixel's inputs are summed in their
     * order; in which order does not depend on how many pixels there are.
     */
    CONVOLUTION {
        @Override
        public NDArray multiply(NDArray x, NDArray weight, @Nullable NDArray bias) {
            Shape shape = x.getShape();
            long inputs = weight.getShape().get(1);
            long outputs = weight.getShape().get(0);
            if (!TokenPixels.suit(x) || inputs < SMALLEST_SIDE || outputs < SMALLEST_SIDE) {
                return LINEAR.multiply(x, weight, bias);
            }
            return Scratch.freed(
                    () -> {
                        NDArray kernel = weight.reshape(outputs, inputs, 1, 1);
                        NDArray product =
                                JniUtils.convolution(
                                        (PtNDArray) TokenPixels.of(x), // (P, in, B·L/P, 1)
                                        (PtNDArray) kernel,
                                        (PtNDArray) bias,
                                        new Shape(1, 1),
                                        new Shape(0, 0),
                                        new Shape(1, 1),
                                        1); // (P, out, B·L/P, 1)
                        return TokenPixels.tokens(
                                product, shape.get(0), shape.get(1)); // (B, L, out)
                    });
        }
    };

    /** With fewer rows or columns there is nothing to gain. */
    private static final long SMALLEST_SIDE = 16;

    /**
     * Returns x·Wᵀ + b.
     *
     * @param x (…, in), float32 on a processor unless this is {@link #LINEAR}
     * @param weight W (out, in)
     * @param bias b (out), or null for none
     * @return (…, out), in the manager of x
     */
    public abstract NDArray multiply(NDArray x, NDArray weight, @Nullable NDArray bias);

    private static NDArray linear(NDArray x, NDArray weight, @Nullable NDArray bias) {
        return Linear.linear(x, weight, bias).singletonOrThrow();
    }

    /**
     * Reads a path's name, in capitals or not.
     *
     * @throws IllegalArgumentException for any other name
     */
    static DensePath parse(String name) {
        for (DensePath path : values()) {
            if (path.toString().equalsIgnoreCase(name.strip())) {
                return path;
            }
        }
        throw new IllegalArgumentException(
                "zigma.dense is '%s'; it must be one of %s"
                        .formatted(
                                name,
                                Arrays.stream(values())
                                        .map(DensePath::toString)
                                        .collect(Collectors.joining(", "))));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
