package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import org.jspecify.annotations.Nullable;

/**
 * Products whose factors are rounded to bfloat16 and whose sums are float32.
 *
 * <p>A sequence gets the same numbers alone as in any batch. The engine's library of products
 * chooses its kernels by the number of rows, so the tokens are multiplied as pixels are in a
 * convolution, which sums every pixel's inputs in the same order ({@link DensePath#CONVOLUTION}).
 * Unlike there, few large images are fastest.
 *
 * <p>DJL ends the process when it converts an array to bfloat16, so the conversions happen inside
 * TorchScript. A rounded matrix may only be sliced by rows and multiplied by the method here; to
 * DJL its type is unknown.
 */
public final class Bfloat16 {

    // torch.bfloat16 is 15 and torch.float32 is 6 in TorchScript
    private static final String ROUND = "torch.to(weight, 15)";
    private static final String MULTIPLY = "torch.to(torch.linear(torch.to(x, 15), weight), 6)";
    private static final String CONVOLVE =
            "torch.to(torch.conv2d(torch.to(x, 15), torch.unsqueeze(torch.unsqueeze(weight, -1), -1)), 6)";

    private Bfloat16() {}

    /** Compiled when the first matrix is rounded. */
    private static final class Functions {
        static final ScriptFunction ROUNDING = ScriptFunction.of(ROUND, "weight");
        static final ScriptFunction PRODUCT = ScriptFunction.of(MULTIPLY, "x", "weight");
        static final ScriptFunction CONVOLUTION = ScriptFunction.of(CONVOLVE, "x", "weight");
    }

    /**
     * Rounds a matrix.
     *
     * @param weight W (out, in) in float32
     * @return the same rounded to nearest, in the manager of W, which frees it
     */
    public static NDArray round(NDArray weight) {
        NDArray rounded = Functions.ROUNDING.apply(weight);
        NDScope.unregister(rounded);
        return rounded;
    }

    /**
     * Returns x·Wᵀ + b.
     *
     * @param x (B, …, in) in float32, rounded here
     * @param weight W (out, in), rounded
     * @param bias b (out) in float32, or null for none
     * @return (B, …, out) in float32, in the manager of x
     */
    public static NDArray multiply(NDArray x, NDArray weight, @Nullable NDArray bias) {
        return Scratch.freed(
                () -> {
                    NDArray product =
                            x.getShape().dimension() == 3
                                    ? convolved(x, weight) // (B, L, out)
                                    : EachSequence.of(
                                            x, part -> Functions.PRODUCT.apply(part, weight));
                    return bias == null ? product : product.add(bias);
                });
    }

    private static NDArray convolved(NDArray x, NDArray weight) {
        long images = x.getShape().get(1) % 2 == 0 ? 2 : 1; // P, of the sequence's length alone
        NDArray pixels = TokenPixels.of(x, images); // (P, in, B·L/P, 1)
        NDArray product = Functions.CONVOLUTION.apply(pixels, weight); // (P, out, B·L/P, 1)
        return TokenPixels.tokens(product, x.getShape().get(0)); // (B, L, out)
    }
}
