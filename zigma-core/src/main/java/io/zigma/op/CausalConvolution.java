package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv1d;
import io.zigma.scan.ScanPath;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Depthwise causal convolution along a scan path, followed by SiLU (the local mixing before the
 * selective scan; Gu and Dao 2023, figure 3).
 *
 * <p>Fused or in plain {@code NDArray} operations under the same conditions as {@link
 * SelectiveScan}.
 */
public final class CausalConvolution {

    private CausalConvolution() {}

    /**
     * Convolves each channel with its own kernel, over the token itself and the K − 1 visited
     * before it. Tokens are in raster order, in x as in the result.
     *
     * @param x (B, L, E)
     * @param weight (E, 1, K), the last tap on the token itself
     * @param bias (E), or null for none
     * @param path the order in which the L tokens are visited
     * @return silu(convolution + bias) (B, L, E), in the manager of x
     * @throws IllegalArgumentException if the shapes do not fit together
     */
    public static NDArray silu(NDArray x, NDArray weight, @Nullable NDArray bias, ScanPath path) {
        check(x, weight, bias, path);
        List<@Nullable NDArray> operands = Arrays.asList(x, weight, bias);
        NDArray y = KernelSets.recorded((set, tape) -> set.convolution(operands, path, tape));
        return y == null
                ? EachSequence.of(Bfloat16.widened(x), part -> reference(part, weight, bias, path))
                : y;
    }

    /** The same in plain {@code NDArray} operations, which autograd sees through. */
    static NDArray reference(NDArray x, NDArray weight, @Nullable NDArray bias, ScanPath path) {
        long length = x.getShape().get(1);
        int channels = Math.toIntExact(x.getShape().get(2));
        long earlier = weight.getShape().get(2) - 1;
        return Scratch.freed(
                () -> {
                    NDArray channelFirst =
                            TokenOrder.gather(x, path).transpose(0, 2, 1); // (B, E, L)
                    NDArray padded =
                            Conv1d.conv1d(
                                            channelFirst,
                                            weight,
                                            bias,
                                            new Shape(1),
                                            new Shape(earlier),
                                            new Shape(1),
                                            channels)
                                    .singletonOrThrow(); // (B, E, L + K − 1)
                    NDArray causal = padded.get(new NDIndex(":, :, :{}", length)); // (B, E, L)
                    NDArray y = Silu.apply(causal).transpose(0, 2, 1); // (B, L, E)
                    return TokenOrder.scatter(y, path);
                });
    }

    private static void check(NDArray x, NDArray weight, @Nullable NDArray bias, ScanPath path) {
        Shape tokens = x.getShape();
        if (tokens.dimension() != 3) {
            throw new IllegalArgumentException("x must be (B, L, E), not " + tokens);
        }
        long channels = tokens.get(2);
        Shape kernel = weight.getShape();
        if (kernel.dimension() != 3 || kernel.get(0) != channels || kernel.get(1) != 1) {
            throw new IllegalArgumentException(
                    "the weight must be (E, 1, K) with E = %s as in x, not %s"
                            .formatted(channels, kernel));
        }
        Shapes.check("the bias", bias, new Shape(channels));
        if (path.length() != tokens.get(1)) {
            throw new IllegalArgumentException(
                    "the path has %s tokens, x has %s".formatted(path.length(), tokens.get(1)));
        }
    }
}
