package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Group norm over the channels of pictures (Wu and He 2018, equation 1), alone or followed by SiLU,
 * which is how every residual block of an autoencoder or a U-Net begins.
 *
 * <p>Where no gradient is recorded it is the engine's operator, which reads the picture once for
 * the statistics and once more to write the result, and SiLU overwrites that result: no further
 * memory is taken. Otherwise, and within {@link ReferencePath#run}, it is plain {@code NDArray}
 * operations, through which gradients flow.
 */
public final class GroupNormalization {

    private GroupNormalization() {}

    /**
     * What the engine's operator has as constants.
     *
     * @param groups G
     * @param epsilon added to the variance
     * @param silu whether SiLU follows
     */
    private record Constants(int groups, double epsilon, boolean silu) {

        ScriptFunction compile() {
            String norm = "torch.group_norm(x, %s, weight, bias, %s)".formatted(groups, epsilon);
            return ScriptFunction.of(
                    silu ? "torch.silu_(" + norm + ")" : norm, "x", "weight", "bias");
        }
    }

    private static final Map<Constants, ScriptFunction> COMPILED = new ConcurrentHashMap<>();

    /**
     * Normalises each group of channels of each picture by its mean and variance.
     *
     * @param x pictures (B, C, H, W)
     * @param weight (C)
     * @param bias (C)
     * @param groups G, a divisor of C
     * @param epsilon added to the variance, positive
     * @param silu whether SiLU follows
     * @return (B, C, H, W), in the manager of x
     * @throws IllegalArgumentException if the shapes do not fit together
     */
    public static NDArray apply(
            NDArray x, NDArray weight, NDArray bias, int groups, double epsilon, boolean silu) {
        Shape shape = x.getShape();
        boolean fits =
                shape.dimension() == 4
                        && groups > 0
                        && shape.get(1) % groups == 0
                        && weight.getShape().equals(new Shape(shape.get(1)))
                        && bias.getShape().equals(weight.getShape());
        if (!fits) {
            throw new IllegalArgumentException(
                    "a norm of %s groups needs pictures (B, C, H, W) with C a multiple of it, and weight and bias (C), not %s, %s and %s"
                            .formatted(groups, shape, weight.getShape(), bias.getShape()));
        }
        if (x instanceof PtNDArray && !GradientTape.fixesValues() && !ReferencePath.inUse()) {
            return COMPILED.computeIfAbsent(
                            new Constants(groups, epsilon, silu), Constants::compile)
                    .apply(x, weight, bias);
        }
        NDArray normed = reference(x, weight, bias, groups, epsilon);
        return silu ? Silu.apply(normed) : normed;
    }

    private static NDArray reference(
            NDArray x, NDArray weight, NDArray bias, int groups, double epsilon) {
        return Scratch.freed(
                () -> {
                    Shape shape = x.getShape();
                    long batch = shape.get(0);
                    long channels = shape.get(1);
                    NDArray grouped = x.reshape(batch, groups, -1); // (B, G, C/G·H·W)
                    NDArray centred = grouped.sub(grouped.mean(new int[] {2}, true));
                    NDArray variance = centred.mul(centred).mean(new int[] {2}, true);
                    return centred.div(variance.add(epsilon).sqrt())
                            .reshape(shape)
                            .mul(weight.reshape(1, channels, 1, 1))
                            .add(bias.reshape(1, channels, 1, 1));
                });
    }
}
