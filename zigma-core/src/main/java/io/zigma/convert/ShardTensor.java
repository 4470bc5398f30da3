package io.zigma.convert;

import io.zigma.io.SafetensorsFile;
import io.zigma.io.SafetensorsTensor;
import java.io.IOException;
import java.util.List;

/**
 * A tensor of one of several files.
 *
 * @param file the open file that it is in
 * @param tensor that file's description of it
 */
record ShardTensor(SafetensorsFile file, SafetensorsTensor tensor) implements ReadableTensor {

    @Override
    public List<Long> shape() {
        return tensor.shape();
    }

    @Override
    public float[] floats() throws IOException {
        return file.floats(tensor.name());
    }
}
