package io.zigma.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.zigma.backbone.Backbone;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One product of a forward pass with a matrix of weights, x·Wᵀ.
 *
 * @param name of the weights, as in the official state_dict
 * @param size how large it is
 * @param weight W (outputs, inputs), the model's own
 */
record MatrixProduct(String name, Size size, NDArray weight) {

    /** What is computed once an image, not once a token. */
    private static final List<String> ONCE_AN_IMAGE =
            List.of("t_embedder.", "y_embedder.", "adaLN_modulation");

    /**
     * How large a product is.
     *
     * @param rows of x
     * @param inputs columns of x
     * @param outputs columns of the result
     */
    record Size(long rows, long inputs, long outputs) {

        /** Returns multiplications and additions, each counted. */
        double operations() {
            return 2.0 * rows * inputs * outputs;
        }
    }

    /**
     * Lists all products of a model's forward pass, in the order of its parameters.
     *
     * @param model initialised
     * @param batch images B
     * @return one a weight matrix; the patch embedding's kernels are a matrix (D, C·p·p)
     */
    static List<MatrixProduct> of(Backbone model, int batch) {
        long tokens = Math.max(1, model.spec().tokens());
        List<MatrixProduct> products = new ArrayList<>();
        for (Map.Entry<String, Parameter> entry : model.namedParameters().entrySet()) {
            String name = entry.getKey();
            if (!isMatrix(name, entry.getValue().getShape())) {
                continue;
            }
            NDArray weight = entry.getValue().getArray();
            boolean stacked = isStacked(name, weight.getShape());
            long inputs =
                    stacked ? weight.getShape().get(2) : weight.size() / weight.getShape().get(0);
            long outputs = weight.size() / inputs;
            boolean transposed =
                    name.startsWith("y_embedder.")
                            || name.startsWith("label_emb."); // one-hot rows times a table
            boolean onceAnImage = ONCE_AN_IMAGE.stream().anyMatch(name::contains);
            long rows = batch * model.vectors(name).orElse(onceAnImage ? 1 : tokens);
            products.add(
                    new MatrixProduct(
                            name,
                            transposed
                                    ? new Size(rows, outputs, inputs)
                                    : new Size(rows, inputs, outputs),
                            weight));
        }
        return products;
    }

    /**
     * Of what is called a weight, norms have one axis and the causal convolution three, the last of
     * more than one value; the convolution of a map of tokens has four, as the patch embedding, but
     * is no product.
     */
    private static boolean isMatrix(String name, Shape shape) {
        boolean matrix =
                switch (shape.dimension()) {
                    case 2, 4 -> !name.endsWith(".mixer.conv2d.weight");
                    case 3 -> shape.get(2) == 1;
                    default -> false;
                };
        return name.endsWith(".weight") && matrix || isStacked(name, shape);
    }

    /** Returns whether it is the matrices (outputs, inputs) of several directions. */
    private static boolean isStacked(String name, Shape shape) {
        return name.endsWith("_weight") && shape.dimension() == 3;
    }
}
