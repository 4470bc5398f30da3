package io.zigma.train.data;

import java.io.IOException;
import java.nio.file.Path;

/** A way of storing a data set in a folder. */
interface DatasetKind {

    /** Says in a few words what such a folder holds, for the message that lists all kinds. */
    String description();

    /**
     * Tells whether a folder is stored this way, from its file names alone.
     *
     * @param folder an existing folder
     */
    boolean recognises(Path folder) throws IOException;

    /**
     * Opens a folder of this kind.
     *
     * @throws IOException if the folder is damaged; the message names the file
     */
    ImageDataset open(Path folder, DatasetOptions options) throws IOException;
}
