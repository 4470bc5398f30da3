package io.zigma.io;

import java.util.List;

/** How a file describes one of its tensors, whatever the format. */
public interface ShapedTensor {

    /** Sides from the outermost on, none for a scalar. */
    List<Long> shape();

    /** The sides as a fresh array, empty for a scalar. */
    default long[] sides() {
        return shape().stream().mapToLong(Long::longValue).toArray();
    }
}
