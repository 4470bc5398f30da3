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
 * <p>Where no gradient is recorded or will be, it is the engine's operator, which reads the picture
 * once for the statistics and once more to write the result, and SiLU overwrites that result: no
 * further memory is taken. A tape records one kernel for norm and SiLU, of which it keeps the
 * picture and a few numbers. Where that kernel does not support the operands, while the engine
 * itself records gradients, and within {@link ReferencePath#run}, it is plain {@code NDArray}
 * operations.
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
        GroupNormOperands operands = new GroupNormOperands(x, weight, bias, groups, epsilon, silu);
        if (operands.perPicture()) {
            throw new IllegalArgumentException("weight and bias are the same for all pictures (C)");
        }
        return apply(operands);
    }

    private static NDArray apply(GroupNormOperands operands) {
        NDArray x = operands.x();
        if (isFree(x) && !operands.perPicture()) {
            return COMPILED.computeIfAbsent(
                            new Constants(operands.groups(), operands.epsilon(), operands.silu()),
                            Constants::compile)
                    .apply(x, operands.weight(), operands.bias());
        }
        NDArray result = KernelSets.recorded((set, tape) -> set.groupNorm(operands, tape));
        return result == null ? reference(operands) : result;
    }

    /** Whether the engine's own operator may compute, which rounds otherwise. */
    private static boolean isFree(NDArray x) {
        return x instanceof PtNDArray && !GradientTape.fixesValues() && !ReferencePath.inUse();
    }

    /**
     * Normalises, scales and shifts what comes out, and applies SiLU: the adaptive group norm of
     * ADM (Dhariwal and Nichol 2021, equation 4), SiLU(norm(x)·(1 + scale) + shift).
     *
     * <p>Scale and shift go into the norm's own weight and bias, so that nothing is read or written
     * again for them.
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
                    NDArray factor = scale.add(1); // (B, C)
                    NDArray weights = factor.mul(weight); // (B, C)
                    NDArray biases = factor.mul(bias).add(shift); // (B, C)
                    boolean single = x.size(0) == 1 && isFree(x);
                    return apply(
                            new GroupNormOperands(
                                    x,
                                    single ? weights.squeeze(0) : weights,
                                    single ? biases.squeeze(0) : biases,
                                    groups,
                                    epsilon,
                                    true));
                });
    }

    /** The norm in plain operations. */
    static NDArray reference(GroupNormOperands operands) {
        return Scratch.freed(
                () -> {
                    NDArray x = operands.x();
                    Shape shape = x.getShape();
                    long batch = shape.get(0);
                    Shape channels =
                            new Shape(operands.perPicture() ? batch : 1, shape.get(1), 1, 1);
                    NDArray grouped = x.reshape(batch, operands.groups(), -1); // (B, G, C/G·H·W)
                    NDArray centred = grouped.sub(grouped.mean(new int[] {2}, true));
                    NDArray variance = centred.mul(centred).mean(new int[] {2}, true);
                    NDArray normed =
                            centred.div(variance.add(operands.epsilon()).sqrt())
                                    .reshape(shape)
                                    .mul(operands.weight().reshape(channels))
                                    .add(operands.bias().reshape(channels));
                    return operands.silu() ? Silu.apply(normed) : normed;
                });
    }
}
