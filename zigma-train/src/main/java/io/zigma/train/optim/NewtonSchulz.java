package io.zigma.train.optim;

import ai.djl.ndarray.NDArray;
import io.zigma.op.Constants;
import io.zigma.op.Scratch;

/**
 * Replaces the singular values of a matrix by numbers about 1: a cheap stand-in for U·Vᵀ of its
 * singular value decomposition U·S·Vᵀ.
 *
 * <p>Each iteration maps every singular value s to a·s + b·s³ + c·s⁵, with the coefficients of
 * Jordan et al. 2024 (Muon: An optimizer for hidden layers in neural networks), which lift small
 * values fastest and let all end between about 0.7 and 1.2.
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
     * @return a matrix of the same shape in the same manager
     */
    static NDArray of(NDArray matrix) {
        boolean tall = matrix.getShape().get(0) > matrix.getShape().get(1);
        return Scratch.freed(
                () -> {
                    NDArray wide = tall ? matrix.transpose() : matrix; // the smaller side first
                    NDArray norm = wide.square().sum().sqrt().add(SMALLEST_NORM);
                    NDArray x = wide.div(norm);
                    for (int i = 0; i < ITERATIONS; i++) {
                        x = iterated(x);
                    }
                    return tall ? x.transpose().duplicate() : x;
                });
    }

    /**
     * Orthogonalises matrices, all at once.
     *
     * @param matrices (k, r, c) in float32
     * @return matrices of the same shape in the same manager
     */
    static NDArray ofAll(NDArray matrices) {
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
                        x = iteratedAll(x);
                    }
                    return tall ? x.transpose(0, 2, 1).duplicate() : x;
                });
    }

    private static NDArray iteratedAll(NDArray x) {
        return Scratch.freed(
                () -> {
                    NDArray gram = x.matMul(x.transpose(0, 2, 1)); // (k, small, small)
                    NDArray polynomial =
                            Constants.muli(gram.matMul(gram), C).addi(Constants.mul(gram, B));
                    return polynomial.matMul(x).addi(Constants.mul(x, A));
                });
    }

    /** Returns a·X + (b·G + c·G²)·X with G = X·Xᵀ. */
    private static NDArray iterated(NDArray x) {
        return Scratch.freed(
                () -> {
                    NDArray gram = x.matMul(x.transpose());
                    NDArray polynomial = gram.matMul(gram).muli(C).addi(gram.mul(B));
                    return polynomial.matMul(x).addi(x.mul(A));
                });
    }
}
