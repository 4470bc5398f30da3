package io.zigma.zoo;

import java.io.IOException;
import java.nio.file.Path;

/** Somewhere a checkpoint comes from. */
interface CheckpointSource {

    /**
     * Returns a folder that holds the checkpoint as it is now; what is packed is unpacked.
     *
     * @throws IOException if it cannot be read or unpacked
     */
    Path folder() throws IOException;
}
