package io.zigma.zoo;

import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.io.Fields;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** A checkpoint that must be unpacked before it can be loaded. */
interface PackedCheckpoint extends CheckpointSource {

    /** Returns the model's name, which becomes its folder's. */
    String name();

    /**
     * Opens one of its files.
     *
     * @param file {@link CheckpointFolder#CONFIG} or {@link CheckpointFolder#WEIGHTS}
     * @throws IOException if it is not there or cannot be read
     */
    InputStream open(String file) throws IOException;

    @Override
    default Path folder() throws IOException {
        return ContentCache.ofDjl().checkpoint(this);
    }

    /**
     * Reads a description.
     *
     * @return its bytes; of a file that is too large to be one, only as many as show that
     */
    static byte[] description(InputStream config) throws IOException {
        return config.readNBytes(Fields.LARGEST_FILE + 1);
    }
}
