package io.zigma.op.cpu;

/**
 * The sizes of a product x·Wᵀ of some rows with a matrix.
 *
 * @param rows M of x, at least 1
 * @param inputs K, numbers of a row, at least 1
 * @param outputs N, rows of W, at least 1
 */
public record RowProductShape(int rows, int inputs, int outputs) {

    /**
     * Checks that no size is empty.
     *
     * @throws IllegalArgumentException if a size is not positive
     */
    public RowProductShape {
        if (rows < 1 || inputs < 1 || outputs < 1) {
            throw new IllegalArgumentException(
                    "a product needs at least one row, input and output, not %d, %d, %d"
                            .formatted(rows, inputs, outputs));
        }
    }
}
