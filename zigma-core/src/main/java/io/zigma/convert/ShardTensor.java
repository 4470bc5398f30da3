package io.zigma.convert;

import io.zigma.io.SafetensorsFile;
import io.zigma.io.SafetensorsTensor;
import io.zigma.io.ShapedTensor;
import java.io.IOException;
import java.util.List;

/**
 * A tensor of one of several files.
 *
 * @param file the open file that it is in
 * @param tensor that file's description of it
 */
record ShardTensor(SafetensorsFile file, SafetensorsTensor tensor) implements ShapedTensor {

    @Override
    public List<Long> shape() {
        return tensor.shape();
    }

    /** Reads its elements in row-major order. */
    float[] floats() throws IOException {
        return file.floats(tensor.name());
    }
}
