package io.zigma.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.zigma.base.GradientMode;
import io.zigma.op.Convolution;
import io.zigma.op.DensePath;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;

/**
 * A model's matrix products and convolutions and nothing else, each product on the path that the
 * engine is faster on for its size: what no implementation on this engine can be faster than.
 *
 * <p>The weights are the model's own, so that they come from as far away in memory as they do
 * there.
 */
final class GemmFloor {

    /** What is done with a product. */
    enum Pass {
        /** x·Wᵀ. */
        FORWARD,
        /** The same, and the gradients of x and W. */
        FORWARD_BACKWARD
    }

    private final Pass pass;
    private final List<MatrixProduct> products;
    private final Map<MatrixProduct.Size, DensePath> paths = new HashMap<>();
    private final Map<List<Long>, NDArray> operands = new HashMap<>();
    private final Map<MatrixProduct.Pictures, NDArray> pictures = new HashMap<>();
    private final Map<Long, NDArray> biases = new HashMap<>();

    /**
     * Finds the faster path for each size.
     *
     * @param pass what will be done
     * @param products with which weights
     * @param effort how long the paths of one size are compared
     * @param manager owns the other operands
     */
    GemmFloor(Pass pass, List<MatrixProduct> products, Effort effort, NDManager manager) {
        this.pass = pass;
        this.products = products;
        for (MatrixProduct product : products) {
            MatrixProduct.Pictures convolved = product.pictures();
            if (convolved != null) {
                pictures.computeIfAbsent(convolved, shape -> manager.randomNormal(shape.shape()));
                biases.computeIfAbsent(
                        product.size().outputs(), size -> manager.zeros(new Shape(size)));
                continue;
            }
            operands.computeIfAbsent(
                    List.of(product.size().rows(), product.size().inputs()),
                    shape -> manager.randomNormal(new Shape(1, shape.get(0), shape.get(1))));
            paths.computeIfAbsent(product.size(), size -> fastest(product, effort, manager));
        }
    }

    private DensePath fastest(MatrixProduct product, Effort effort, NDManager manager) {
        Contest contest = new Contest(effort);
        for (DensePath path : DensePath.values()) {
            contest.addEngines(path.name(), Trial.of(manager, () -> multiply(product, path)));
        }
        Map<String, Timing> timings = contest.run();
        DensePath best = DensePath.LINEAR;
        for (DensePath path : DensePath.values()) {
            if (timings.get(path.name()).median() < timings.get(best.name()).median()) {
                best = path;
            }
        }
        return best;
    }

    /** Does all products, in the order of the model's parameters. */
    void run() {
        for (MatrixProduct product : products) {
            if (product.pictures() == null) {
                multiply(product, paths.get(product.size()));
            } else {
                convolve(product);
            }
        }
    }

    private void convolve(MatrixProduct product) {
        NDArray x = pictures.get(product.pictures());
        NDArray bias = biases.get(product.size().outputs());
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray weight = product.weight().stopGradient();
            int padding = Math.toIntExact(weight.getShape().get(3) / 2);
            if (pass == Pass.FORWARD) {
                GradientMode.off(() -> Convolution.apply(x, weight, bias, 1, padding));
            } else {
                GradientMode.on(
                        () ->
                                withGradients(
                                        (input, kernels) ->
                                                Convolution.apply(input, kernels, bias, 1, padding),
                                        x,
                                        weight));
            }
        }
    }

    private void multiply(MatrixProduct product, DensePath path) {
        MatrixProduct.Size size = product.size();
        // (1, rows, in): as one sequence, so that the rows are one product on every path
        NDArray x = operands.get(List.of(size.rows(), size.inputs()));
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray weight = product.weight().stopGradient().reshape(size.outputs(), size.inputs());
            if (pass == Pass.FORWARD) {
                GradientMode.off(() -> path.multiply(x, weight, null));
            } else {
                GradientMode.on(
                        () ->
                                withGradients(
                                        (input, matrix) -> path.multiply(input, matrix, null),
                                        x,
                                        weight));
            }
        }
    }

    private static NDArray withGradients(
            BinaryOperator<NDArray> operation, NDArray x, NDArray weight) {
        // fresh leaves, so that gradients are moved and not added to earlier ones
        NDArray input = x.stopGradient();
        input.setRequiresGradient(true);
        NDArray matrix = weight.stopGradient();
        matrix.setRequiresGradient(true);
        NDArray y = operation.apply(input, matrix);
        JniUtils.backward((PtNDArray) y, (PtNDArray) y.stopGradient(), false, false);
        return y;
    }
}
