package io.zigma.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.zigma.backbone.Backbone;
import io.zigma.base.SampleShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One product of a forward pass with a matrix of weights, x·Wᵀ, or one convolution.
 *
 * @param name of the weights, as in the official state_dict
 * @param size how large it is; of a convolution, with its windows as rows
 * @param weight W (outputs, inputs), the model's own; of a convolution (outputs, channels, k, k)
 * @param pictures what a convolution slides over, null for a product
 */
record MatrixProduct(String name, Size size, NDArray weight, @Nullable Pictures pictures) {

    /** What is computed once an image, not once a token. */
    private static final List<String> ONCE_AN_IMAGE =
            List.of("t_embedder.", "y_embedder.", "adaLN_modulation");

    /**
     * What a convolution slides over, and as many pixels come out.
     *
     * @param batch pictures
     * @param channels of each
     * @param height of each
     * @param width of each
     */
    record Pictures(long batch, long channels, long height, long width) {

        Shape shape() {
            return new Shape(batch, channels, height, width);
        }
    }

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
                            weight,
                            pictures(model, name, weight.getShape(), batch)));
        }
        return products;
    }

    /**
     * Windows of more than one pixel are convolved where the model says how many there are; patches
     * do not overlap, and are a product.
     */
    private static @Nullable Pictures pictures(
            Backbone model, String name, Shape shape, int batch) {
        OptionalLong windows = model.vectors(name);
        if (shape.dimension() != 4 || shape.get(3) == 1 || windows.isEmpty()) {
            return null;
        }
        SampleShape sample = model.spec().sample();
        long pixels = (long) sample.height() * sample.width();
        long rate = Math.round(Math.sqrt((double) pixels / windows.getAsLong()));
        return new Pictures(batch, shape.get(1), sample.height() / rate, sample.width() / rate);
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
