package io.zigma.zoo;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;

/**
 * A checkpoint among the resources of the class path.
 *
 * @param loader where they are found
 * @param path their folder, without a slash at either end
 * @param name the model's name
 */
record ResourceCheckpoint(ClassLoader loader, String path, String name)
        implements PackedCheckpoint {

    @Override
    public InputStream open(String file) throws IOException {
        InputStream stream = loader.getResourceAsStream(path + "/" + file);
        if (stream == null) {
            throw new FileNotFoundException("the class path has no %s/%s".formatted(path, file));
        }
        return stream;
    }
}
