package io.zigma.train.optim;

import ai.djl.ndarray.NDArray;
import io.zigma.op.Bfloat16;
import io.zigma.op.Constants;
import io.zigma.op.OddPolynomial;
import io.zigma.op.Precision;
import io.zigma.op.Scratch;

/**
 * Replaces the singular values of matrices by numbers about 1: a cheap stand-in for U·Vᵀ of the
 * singular value decomposition U·S·Vᵀ.
 *
 * <p>Each iteration maps every singular value s to a·s + b·s³ + c·s⁵, with the coefficients of
 * Jordan et al. 2024 (Muon: An optimizer for hidden layers in neural networks), which lift small
 * values fastest and let all end between about 0.7 and 1.2. They iterate in bfloat16, whose
 * rounding is small beside that spread.
 */
final class NewtonSchulz {

    private static final int ITERATIONS = 5;
    private static final OddPolynomial POLYNOMIAL = new OddPolynomial(3.4445f, -4.7750f, 2.0315f);

    /** Makes the quotient finite where all of a matrix is zero. */
    private static final float SMALLEST_NORM = 1e-7f;

    private NewtonSchulz() {}

    /**
     * Orthogonalises a matrix.
     *
     * @param matrix (r, c) in float32
     * @param precision of the iterations
     * @return a matrix of the same shape in the same manager, in float32
     */
    static NDArray of(NDArray matrix, Precision precision) {
        return Scratch.freed(() -> ofAll(matrix.expandDims(0), precision).squeeze(0));
    }

    /**
     * Orthogonalises matrices, all at once.
     *
     * @param matrices (k, r, c) in float32
     * @param precision of the iterations
     * @return matrices of the same shape in the same manager, in float32
     */
    static NDArray ofAll(NDArray matrices, Precision precision) {
        boolean tall = matrices.getShape().get(1) > matrices.getShape().get(2);
        return Scratch.freed(
                () -> {
                    NDArray wide =
                            tall ? matrices.transpose(0, 2, 1) : matrices; // (k, small, large)
                    NDArray norms = // (k, 1, 1)
                            Constants.add(
                                    wide.square().sum(new int[] {1, 2}, true).sqrt(),
                                    SMALLEST_NORM);
                    NDArray x = iterated(wide.div(norms), precision);
                    return tall ? x.transpose(0, 2, 1).duplicate() : x;
                });
    }

    private static NDArray iterated(NDArray matrices, Precision precision) {
        if (precision == Precision.BFLOAT16) {
            return Bfloat16.mapSingularValues(matrices, POLYNOMIAL, ITERATIONS);
        }
        NDArray x = matrices;
        for (int i = 0; i < ITERATIONS; i++) {
            x = iteration(x);
        }
        return x;
    }

    /** Returns a·X + (b·G + c·G²)·X with G = X·Xᵀ. */
    private static NDArray iteration(NDArray x) {
        return Scratch.freed(
                () -> {
                    NDArray gram = x.matMul(x.transpose(0, 2, 1)); // (k, small, small)
                    NDArray polynomial =
                            Constants.muli(gram.matMul(gram), POLYNOMIAL.c())
                                    .addi(Constants.mul(gram, POLYNOMIAL.b()));
                    return polynomial.matMul(x).addi(Constants.mul(x, POLYNOMIAL.a()));
                });
    }
}
