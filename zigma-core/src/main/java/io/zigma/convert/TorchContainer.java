package io.zigma.convert;

import java.io.IOException;
import java.util.Set;

/** One of the two file formats of {@code torch.save}: what was saved, and where its bytes are. */
sealed interface TorchContainer extends AutoCloseable permits TorchZip, TorchLegacy {

    /** Returns what was saved, its tensors without their elements. */
    PickleValue root();

    /** Returns the names of unknown libraries and programs. */
    Set<String> foreign();

    /**
     * Reads a storage.
     *
     * @return all its bytes, little-endian
     * @throws TorchException if the file lacks it or it is damaged
     * @throws IOException if reading fails
     */
    byte[] read(TorchStorage storage) throws IOException;

    @Override
    void close() throws IOException;
}
