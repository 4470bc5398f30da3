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

    /**
     * Normalises, scales and shifts what comes out, and applies SiLU: the adaptive group norm of
     * ADM (Dhariwal and Nichol 2021, equation 4), SiLU(norm(x)·(1 + scale) + shift).
     *
     * <p>Of a single picture without gradients, scale and shift go into the norm's own weight and
     * bias, so that nothing is read or written again for them.
     *
     * @param x pictures (B, C, H, W)
     * @param weight (C)
     * @param bias (C)
     * @param scale of each picture (B, C), 0 for none
     * @param shift of each picture (B, C)
     * @param groups G, a divisor of C
     * @param epsilon added to the variance, positive
     * @return (B, C, H, W), in the manager of x
     * @throws IllegalArgumentException if the shapes do not fit together
     */
    public static NDArray applyModulatedSilu(
            NDArray x,
            NDArray weight,
            NDArray bias,
            NDArray scale,
            NDArray shift,
            int groups,
            double epsilon) {
        return Scratch.freed(
                () -> {
                    long batch = x.size(0);
                    NDArray factor = scale.add(1); // (B, C)
                    if (batch == 1 && !GradientTape.fixesValues() && !ReferencePath.inUse()) {
                        NDArray weights = factor.mul(weight).squeeze(0); // (C)
                        NDArray biases = factor.mul(bias).add(shift).squeeze(0); // (C)
                        return apply(x, weights, biases, groups, epsilon, true);
                    }
                    Shape channels = new Shape(batch, x.size(1), 1, 1);
                    return Silu.apply(
                            apply(x, weight, bias, groups, epsilon, false)
                                    .mul(factor.reshape(channels))
                                    .add(shift.reshape(channels)));
                });
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
