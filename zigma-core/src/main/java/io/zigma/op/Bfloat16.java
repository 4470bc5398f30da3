package io.zigma.op;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import io.zigma.base.GradientMode;
import io.zigma.op.cuda.DeviceArrays;
import io.zigma.op.cuda.ElementType;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Products whose factors are rounded to bfloat16 and whose sums are float32; only {@link
 * #mapSingularValues} rounds what it adds up, too.
 *
 * <p>On a processor a sequence gets the same numbers alone as in any batch. The engine's library of
 * products chooses its kernels by the number of rows, so the tokens are multiplied as pixels are in
 * a convolution, which sums every pixel's inputs in the same order ({@link DensePath#CONVOLUTION}).
 * Unlike there, few large images are fastest.
 *
 * <p>DJL ends the process when it converts an array to bfloat16, so the conversions happen inside
 * TorchScript. A rounded matrix may only be sliced by rows and multiplied by the method here; to
 * DJL its type is unknown.
 */
public final class Bfloat16 {

    // torch.bfloat16 is 15 and torch.float32 is 6 in TorchScript
    private static final String ROUND = "torch.to(weight, 15)";
    private static final String LINEAR = "torch.linear(torch.to(x, 15), torch.to(weight, 15))";
    private static final String CONVOLVE =
            "torch.to(torch.conv2d(torch.to(x, 15), torch.unsqueeze(torch.unsqueeze(torch.to(weight, 15), -1), -1)), 6)";

    private Bfloat16() {}

    /** Where the windows of a convolution are. */
    private record Window(int stride, int padding) {

        ScriptFunction function() {
            return ScriptFunction.of(
                    "torch.to(torch.conv2d(torch.to(x, 15), torch.to(weight, 15), None, [%1$s, %1$s], [%2$s, %2$s]), 6)"
                            .formatted(stride, padding),
                    "x",
                    "weight");
        }
    }

    /** Compiled when the first matrix is rounded. */
    private static final class Functions {
        static final ScriptFunction ROUNDING = ScriptFunction.of(ROUND, "weight");
        static final ScriptFunction PRODUCT =
                ScriptFunction.of("torch.to(%s, 6)".formatted(LINEAR), "x", "weight");
        static final ScriptFunction ROUNDED_PRODUCT = ScriptFunction.of(LINEAR, "x", "weight");

        /** Halves of y, each of them one piece of memory; the gradient of y is one piece again. */
        static final ScriptFunction HALVES =
                ScriptFunction.ofPair(
                        List.of("x", "weight"),
                        "y = " + LINEAR,
                        "half = torch.floordiv(torch.size(y, -1), 2)",
                        "halves = torch.split(y, half, -1)",
                        "return (torch.to(halves[0], 6), torch.to(halves[1], 6))");

        static final ScriptFunction CONVOLUTION = ScriptFunction.of(CONVOLVE, "x", "weight");

        /** Convolutions of pictures, compiled when the first of a kind is computed. */
        static final Map<Window, ScriptFunction> WINDOWS = new ConcurrentHashMap<>();

        /** Compiled when first used. */
        static final Map<OddPolynomial, ScriptFunction> POLYNOMIALS = new ConcurrentHashMap<>();
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
     * @param x (B, …, in) in float32, rounded here, or already rounded
     * @param weight W (out, in), rounded here, or already rounded
     * @param bias b (out) in float32, or null for none
     * @return (B, …, out) in float32, in the manager of x
     */
    public static NDArray multiply(NDArray x, NDArray weight, @Nullable NDArray bias) {
        return Scratch.freed(
                () -> {
                    NDArray product =
                            x.getShape().dimension() == 3 && x.getDevice().equals(Device.cpu())
                                    ? convolved(x, weight) // (B, L, out)
                                    : EachSequence.of(
                                            x, part -> Functions.PRODUCT.apply(part, weight));
                    return bias == null ? product : product.add(bias);
                });
    }

    /**
     * Returns x·Wᵀ + b while training: both factors are rounded here, from the float32 arrays that
     * gradients and optimiser are for. Where this thread records gradients, those of x and W are
     * products of rounded factors again, summed in float32 and rounded once; that of b is a sum in
     * float32. It is what PyTorch's autocast does to a linear layer (Micikevicius et al. 2018,
     * Mixed Precision Training, section 3.1, without its loss scaling: bfloat16 has the range of
     * float32).
     *
     * @param x (B, …, in) in float32
     * @param weight W (out, in) in float32
     * @param bias b (out) in float32, or null for none
     * @return (B, …, out) in float32, in the manager of x
     */
    public static NDArray multiplyRecorded(NDArray x, NDArray weight, @Nullable NDArray bias) {
        return Scratch.freed(
                () -> {
                    NDArray product = Functions.PRODUCT.applyRecorded(x, weight); // (B, …, out)
                    return bias == null ? product : product.add(bias);
                });
    }

    /**
     * Does the same as {@link #multiplyRecorded}, with the first and the second half of the results
     * as arrays of their own.
     *
     * @param x (B, …, in) in float32
     * @param weight W (out, in) in float32, out being even
     * @return two of (B, …, out / 2) in float32, in the manager of x
     */
    public static NDList multiplyHalvesRecorded(NDArray x, NDArray weight) {
        return Functions.HALVES.allRecorded(x, weight);
    }

    /**
     * Maps the singular values s of matrices to a·s + b·s³ + c·s⁵, and those again, some times
     * over: X ← a·X + (b·G + c·G²)·X with G = X·Xᵀ. All of it is rounded to bfloat16 on the way;
     * only the result is widened. No gradient is recorded.
     *
     * @param matrices (k, r, c) in float32; cheapest where r ≤ c
     * @param polynomial its coefficients
     * @param times how often it is applied, at least once
     * @return (k, r, c) in float32, in the manager of the matrices
     */
    public static NDArray mapSingularValues(NDArray matrices, OddPolynomial polynomial, int times) {
        ScriptFunction once =
                Functions.POLYNOMIALS.computeIfAbsent(polynomial, Bfloat16::iteration);
        return Scratch.freed(
                () -> {
                    NDArray x = Functions.ROUNDING.apply(matrices); // (k, r, c) in bfloat16
                    for (int i = 0; i < times; i++) {
                        x = once.apply(x);
                    }
                    return x.toType(DataType.FLOAT32, false);
                });
    }

    /** The sums ride along with the products, so that nothing passes the memory in float32. */
    private static ScriptFunction iteration(OddPolynomial polynomial) {
        return ScriptFunction.ofStatements(
                List.of("x"),
                "gram = torch.matmul(x, torch.transpose(x, -2, -1))", // (k, r, r)
                "sum = torch.baddbmm(gram, gram, gram, beta=%s, alpha=%s)"
                        .formatted(polynomial.b(), polynomial.c()),
                "return torch.baddbmm(x, sum, x, beta=%s, alpha=1)".formatted(polynomial.a()));
    }

    /**
     * Convolves pictures. On a processor a picture gets the same numbers alone as in any batch.
     *
     * @param x (B, C, H, W) in float32, rounded here
     * @param weight (out, C, k, k), rounded here, or already rounded
     * @param bias (out) in float32
     * @param stride pixels from one window to the next
     * @param padding zeros at each side
     * @return (B, out, …) in float32, in the manager of x
     */
    public static NDArray convolve(
            NDArray x, NDArray weight, NDArray bias, int stride, int padding) {
        return GradientMode.off(() -> convolveRecorded(x, weight, bias, stride, padding));
    }

    /**
     * Does the same while training: gradients flow back as through {@link #multiplyRecorded}.
     *
     * @param x (B, C, H, W) in float32
     * @param weight (out, C, k, k) in float32
     * @param bias (out) in float32
     * @param stride pixels from one window to the next
     * @param padding zeros at each side
     * @return (B, out, …) in float32, in the manager of x
     */
    public static NDArray convolveRecorded(
            NDArray x, NDArray weight, NDArray bias, int stride, int padding) {
        ScriptFunction function =
                Functions.WINDOWS.computeIfAbsent(new Window(stride, padding), Window::function);
        return Scratch.freed(
                () ->
                        function.applyRecorded(x, weight) // (B, out, …)
                                .add(bias.reshape(1, -1, 1, 1)));
    }

    /**
     * Returns whether what a product gives may stay rounded, because the operations that follow in
     * a Mamba mixer take it so: on GPUs with this program's kernels, where no gradient is wanted.
     *
     * @param x what is multiplied
     * @return true if {@link #multiplyRounded} may be used
     */
    public static boolean staysRounded(NDArray x) {
        return !GradientTape.fixesValues() && KernelSets.takeBfloat16(x.getDevice());
    }

    /**
     * Returns x·Wᵀ + b, rounded: half the memory to write and to read again.
     *
     * @param x (B, …, in) in float32, rounded here, or already rounded
     * @param weight W (out, in), rounded here, or already rounded
     * @param bias b (out) in float32, or null for none
     * @return (B, …, out) in bfloat16, in the manager of x
     */
    public static NDArray multiplyRounded(NDArray x, NDArray weight, @Nullable NDArray bias) {
        return Scratch.freed(
                () -> {
                    NDArray product = Functions.ROUNDED_PRODUCT.apply(x, weight);
                    return bias == null
                            ? product
                            : Functions.ROUNDING.apply(product.add(bias)); // summed in float32
                });
    }

    /**
     * Returns whether an array is rounded.
     *
     * @param x any array of the engine's
     * @return true for bfloat16, which DJL has no name for
     */
    public static boolean isRounded(NDArray x) {
        return DeviceArrays.type(x) == ElementType.BFLOAT16;
    }

    /**
     * Returns an array in float32.
     *
     * @param x any array of the engine's
     * @return itself where it is not rounded
     */
    public static NDArray widened(NDArray x) {
        return isRounded(x) ? x.toType(DataType.FLOAT32, false) : x;
    }

    /** Returns an array in float32, null for null. */
    static @Nullable NDArray widenedIfPresent(@Nullable NDArray x) {
        return x == null ? null : widened(x);
    }

    private static NDArray convolved(NDArray x, NDArray weight) {
        long images = x.getShape().get(1) % 2 == 0 ? 2 : 1; // P, of the sequence's length alone
        NDArray pixels = TokenPixels.of(x, images); // (P, in, B·L/P, 1)
        NDArray product = Functions.CONVOLUTION.apply(pixels, weight); // (P, out, B·L/P, 1)
        return TokenPixels.tokens(product, x.getShape().get(0), x.getShape().get(1)); // (B, L, out)
    }
}
