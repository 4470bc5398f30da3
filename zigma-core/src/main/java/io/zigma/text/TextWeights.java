package io.zigma.text;

import java.io.IOException;
import java.util.Map;

/** The numbers that a text encoder's network is made of, by their official names. */
public interface TextWeights extends AutoCloseable {

    /**
     * Returns where they come from.
     *
     * @return a file or folder, for refusals
     */
    String place();

    /**
     * Lists what is there.
     *
     * @return the sides of each tensor from the outermost on, by its name
     */
    Map<String, long[]> shapes();

    /**
     * Reads a tensor.
     *
     * @param name one of {@link #shapes}
     * @return its elements in row-major order
     * @throws IOException if it cannot be read
     */
    float[] values(String name) throws IOException;

    /** Closes the files. */
    @Override
    void close() throws IOException;
}
