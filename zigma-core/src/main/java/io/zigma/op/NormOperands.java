package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The operands of a normalisation, modulated or not, checked against each other.
 *
 * @param x (…, D); (B, L, D) where it is modulated
 * @param weight (D), or null for ones
 * @param bias (D), or null for zeros
 * @param shift (B, 1, D), or null where nothing is modulated
 * @param scale (B, 1, D), or null where nothing is modulated
 * @param centred whether the mean is taken out first, as layer norm does and RMS norm does not
 * @param eps added to the mean square
 */
record NormOperands(
        NDArray x,
        @Nullable NDArray weight,
        @Nullable NDArray bias,
        @Nullable NDArray shift,
        @Nullable NDArray scale,
        boolean centred,
        double eps) {

    NormOperands {
        Shape rows = x.getShape();
        Shape row = new Shape(rows.get(rows.dimension() - 1));
        Shapes.check("the weight", weight, row);
        Shapes.check("the bias", bias, row);
        if (shift != null || scale != null) {
            if (rows.dimension() != 3) {
                throw new IllegalArgumentException("x must be (B, L, D), not " + rows);
            }
            Shape bySequence = new Shape(rows.get(0), 1, rows.get(2));
            Shapes.check("the shift", shift, bySequence);
            Shapes.check("the scale", scale, bySequence);
        }
    }

    /** Makes operands from the arrays in the order of the components. */
    static NormOperands of(List<@Nullable NDArray> arrays, boolean centred, double eps) {
        return new NormOperands(
                Objects.requireNonNull(arrays.get(0)),
                arrays.get(1),
                arrays.get(2),
                arrays.get(3),
                arrays.get(4),
                centred,
                eps);
    }

    /** Returns whether shift and scale are there. */
    boolean modulated() {
        return shift != null;
    }

    /** Returns all arrays in the order of the components. */
    List<@Nullable NDArray> arrays() {
        return Arrays.asList(x, weight, bias, shift, scale);
    }
}
