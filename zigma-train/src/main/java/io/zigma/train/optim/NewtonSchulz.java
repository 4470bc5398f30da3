package io.zigma.train.optim;

import ai.djl.ndarray.NDArray;
import io.zigma.op.Bfloat16;
import io.zigma.op.Constants;
import io.zigma.op.Precision;
import io.zigma.op.Scratch;

/**
 * Replaces the singular values of a matrix by numbers about 1: a cheap stand-in for U·Vᵀ of its
 * singular value decomposition U·S·Vᵀ.
 *
 * <p>Each iteration maps every singular value s to a·s + b·s³ + c·s⁵, with the coefficients of
 * Jordan et al. 2024 (Muon: An optimizer for hidden layers in neural networks), which lift small
 * values fastest and let all end between about 0.7 and 1.2. They take the products in bfloat16,
 * whose rounding is small beside that spread.
 */
final class NewtonSchulz {

    private static final int ITERATIONS = 5;
    private static final float A = 3.4445f;
    private static final float B = -4.7750f;
    private static final float C = 2.0315f;

    /** Makes the quotient finite where all of the matrix is zero. */
    private static final float SMALLEST_NORM = 1e-7f;

    private NewtonSchulz() {}

    /**
     * Orthogonalises a matrix.
     *
     * @param matrix (r, c) in float32
     * @param precision what the factors of products are rounded to
     * @return a matrix of the same shape in the same manager, in float32
     */
    static NDArray of(NDArray matrix, Precision precision) {
        boolean tall = matrix.getShape().get(0) > matrix.getShape().get(1);
        return Scratch.freed(
                () -> {
                    NDArray wide = tall ? matrix.transpose() : matrix; // the smaller side first
                    NDArray norm = wide.square().sum().sqrt().add(SMALLEST_NORM);
                    NDArray x = wide.div(norm);
                    for (int i = 0; i < ITERATIONS; i++) {
                        x = iterated(x, precision);
                    }
                    return tall ? x.transpose().duplicate() : x;
                });
    }

    /**
     * Orthogonalises matrices, all at once.
     *
     * @param matrices (k, r, c) in float32
     * @param precision what the factors of products are rounded to
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
                    NDArray x = wide.div(norms);
                    for (int i = 0; i < ITERATIONS; i++) {
                        x = iteratedAll(x, precision);
                    }
                    return tall ? x.transpose(0, 2, 1).duplicate() : x;
                });
    }

    private static NDArray iteratedAll(NDArray x, Precision precision) {
        return Scratch.freed(
                () -> {
                    NDArray gram = // (k, small, small)
                            product(x, x.transpose(0, 2, 1), precision);
                    NDArray polynomial =
                            Constants.muli(product(gram, gram, precision), C)
                                    .addi(Constants.mul(gram, B));
                    return product(polynomial, x, precision).addi(Constants.mul(x, A));
                });
    }

    /** Returns a·X + (b·G + c·G²)·X with G = X·Xᵀ. */
    private static NDArray iterated(NDArray x, Precision precision) {
        return Scratch.freed(
                () -> {
                    NDArray gram = product(x, x.transpose(), precision);
                    NDArray polynomial = product(gram, gram, precision).muli(C).addi(gram.mul(B));
                    return product(polynomial, x, precision).addi(x.mul(A));
                });
    }

    private static NDArray product(NDArray a, NDArray b, Precision precision) {
        return precision == Precision.BFLOAT16 ? Bfloat16.matMul(a, b) : a.matMul(b);
    }
}
