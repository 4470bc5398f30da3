package io.zigma.train.data;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A way of storing a data set. A new one is a class of its own and one line: {@link
 * Datasets#register}.
 */
public interface DatasetKind {

    /**
     * Returns the name of the kind.
     *
     * @return a word
     */
    String name();

    /**
     * Describes the kind in a few words, for the message that lists all kinds.
     *
     * @return such as "a folder of …"
     */
    String description();

    /**
     * Returns whether something is of this kind, from the names of files alone.
     *
     * @param source an existing file or folder
     * @return true if {@link #open} is to be asked
     * @throws IOException if it cannot be read
     */
    boolean recognises(Path source) throws IOException;

    /**
     * Opens a data set of this kind.
     *
     * @param source what was recognised
     * @param options size, labels, part, memory
     * @return the data set, checked
     * @throws DatasetException if it is damaged; the message names the file
     * @throws IOException if reading fails
     */
    ImageDataset open(Path source, DatasetOptions options) throws IOException;
}
