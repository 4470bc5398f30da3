package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import io.zigma.op.cpu.RowProduct;
import io.zigma.op.cpu.RowProductShape;
import org.jspecify.annotations.Nullable;

/**
 * A dense layer on one row an image, on {@code NDArray}s; loaded only where the Vector API is
 * present.
 */
final class FusedRows {

    private FusedRows() {}

    /**
     * Returns x·Wᵀ + b, of which each row is the same whatever the others are.
     *
     * @param x (B, in) of at least one row
     * @param weight W (out, in)
     * @param bias b (out), or null for none
     * @return (B, out), in the manager of x
     */
    static NDArray forward(NDArray x, NDArray weight, @Nullable NDArray bias) {
        Shape rows = x.getShape();
        Shape matrix = weight.getShape();
        RowProductShape shape =
                new RowProductShape(
                        Math.toIntExact(rows.get(0)),
                        Math.toIntExact(rows.get(1)),
                        Math.toIntExact(matrix.get(0)));
        NDArray y = Kernels.allocate(x, new Shape(rows.get(0), matrix.get(0)));
        try (NDScope copies = new NDScope()) {
            copies.suppressNotUsedWarning();
            RowProduct.run(
                    shape,
                    Kernels.floats(x),
                    Kernels.floats(weight),
                    Kernels.floatsIfPresent(bias),
                    Kernels.floats(y),
                    Kernels.threads());
        }
        return y;
    }
}
