package io.zigma.train.memory;

import java.io.IOException;

/** Says how much memory this process has. */
interface ProcessMemory {

    /**
     * Returns what the process has when it has given back what it does not need.
     *
     * @return bytes
     * @throws IOException if the system does not say
     */
    long settled() throws IOException;

    /**
     * Returns the most that the process has while something runs.
     *
     * @param work what to run
     * @return bytes
     * @throws IOException if the system does not say
     */
    long peakOf(Runnable work) throws IOException;
}
