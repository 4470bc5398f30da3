package io.zigma.io;

import java.util.List;

/**
 * The header's description of one tensor, already checked against the file.
 *
 * @param name its name, any text
 * @param type element type
 * @param shape sides from the outermost on, none for a scalar
 * @param offset of its first byte, counted from the start of the file
 * @param elements product of the sides; times the element size it is the tensor's length in bytes
 */
public record SafetensorsTensor(
        String name, SafetensorsType type, List<Long> shape, long offset, long elements)
        implements ShapedTensor {

    /** Copies the shape, so that a tensor's description never changes. */
    public SafetensorsTensor {
        shape = List.copyOf(shape);
    }

    /**
     * Returns the length of the data.
     *
     * @return bytes
     */
    public long bytes() {
        return elements * type.bytes();
    }
}
