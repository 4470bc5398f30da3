package io.zigma.io;

import java.util.List;

/** How a file describes one of its tensors, whatever the format. */
public interface ShapedTensor {

    /**
     * Returns the sides.
     *
     * @return from the outermost on, none for a scalar
     */
    List<Long> shape();

    /**
     * Returns the sides as an array.
     *
     * @return a new array, from the outermost side on, empty for a scalar
     */
    default long[] sides() {
        return shape().stream().mapToLong(Long::longValue).toArray();
    }
}
