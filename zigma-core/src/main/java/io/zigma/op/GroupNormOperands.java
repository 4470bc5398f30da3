package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/**
 * The operands of a group norm, checked against each other.
 *
 * @param x pictures (B, C, H, W)
 * @param weight (C), or (B, C) where each picture has its own
 * @param bias of the same shape
 * @param groups G, a divisor of C
 * @param epsilon added to the variance, positive
 * @param silu whether SiLU follows
 */
record GroupNormOperands(
        NDArray x, NDArray weight, NDArray bias, int groups, double epsilon, boolean silu) {

    GroupNormOperands {
        Shape shape = x.getShape();
        boolean fits =
                shape.dimension() == 4
                        && groups > 0
                        && shape.get(1) % groups == 0
                        && (weight.getShape().equals(new Shape(shape.get(1)))
                                || weight.getShape().equals(new Shape(shape.get(0), shape.get(1))))
                        && bias.getShape().equals(weight.getShape());
        if (!fits) {
            throw new IllegalArgumentException(
                    "a norm of %s groups needs pictures (B, C, H, W) with C a multiple of it, and weight and bias (C) or (B, C), not %s, %s and %s"
                            .formatted(groups, shape, weight.getShape(), bias.getShape()));
        }
    }

    /** Returns whether each picture has a weight and bias of its own. */
    boolean perPicture() {
        return weight.getShape().dimension() == 2;
    }

    /** Returns x, weight and bias. */
    List<NDArray> arrays() {
        return List.of(x, weight, bias);
    }
}
