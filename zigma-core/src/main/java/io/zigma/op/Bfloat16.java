package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import org.jspecify.annotations.Nullable;

/**
 * Products whose factors are rounded to bfloat16 and whose sums are float32.
 *
 * <p>The engine's library chooses its kernels by the number of rows, so every sequence is a product
 * of its own: it gets the same numbers alone as in any batch.
 *
 * <p>DJL ends the process when it converts an array to bfloat16, so the conversions happen inside
 * TorchScript. A rounded matrix may only be sliced by rows and multiplied by the method here; to
 * DJL its type is unknown.
 */
public final class Bfloat16 {

    // torch.bfloat16 is 15 and torch.float32 is 6 in TorchScript
    private static final String ROUND = "torch.to(weight, 15)";
    private static final String MULTIPLY = "torch.to(torch.linear(torch.to(x, 15), weight), 6)";

    private Bfloat16() {}

    /** Compiled when the first matrix is rounded. */
    private static final class Functions {
        static final ScriptFunction ROUNDING = ScriptFunction.of(ROUND, "weight");
        static final ScriptFunction PRODUCT = ScriptFunction.of(MULTIPLY, "x", "weight");
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
                            EachSequence.of(x, part -> Functions.PRODUCT.apply(part, weight));
                    return bias == null ? product : product.add(bias);
                });
    }
}
