package io.zigma.op.cpu;

/**
 * The sizes and the kind of a normalisation over the last axis.
 *
 * @param batch sequences, at least 1
 * @param length rows of a sequence, at least 1
 * @param size D, elements of a row, at least 1
 * @param centred whether the mean is taken out first, as layer norm does and RMS norm does not
 * @param epsilon added to the mean square, positive
 */
public record NormShape(int batch, int length, int size, boolean centred, float epsilon) {

    /**
     * Checks that no size is empty.
     *
     * @throws IllegalArgumentException if a size or epsilon is not positive
     */
    public NormShape {
        if (batch < 1 || length < 1 || size < 1) {
            throw new IllegalArgumentException(
                    "a norm needs at least one sequence, row and element, not %s, %s, %s"
                            .formatted(batch, length, size));
        }
        if (!(epsilon > 0)) {
            throw new IllegalArgumentException("a norm's epsilon must be positive, not " + epsilon);
        }
    }

    /** Returns how many parts a sequence is cut into; it must not depend on the threads. */
    int parts() {
        return (length + NormTile.PART - 1) / NormTile.PART;
    }
}
