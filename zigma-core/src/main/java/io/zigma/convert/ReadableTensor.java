package io.zigma.convert;

import io.zigma.io.ShapedTensor;
import java.io.IOException;

/** A tensor of another program's file, whose elements are read when they are asked for. */
public interface ReadableTensor extends ShapedTensor {

    /**
     * Reads the elements.
     *
     * @return in row-major order
     * @throws IOException if they are damaged or not floating point, or reading fails
     */
    float[] floats() throws IOException;
}
