package io.zigma.train.loop;

import java.io.IOException;

/** A step needed more memory than there is; the last checkpoint is as it was. */
public final class BatchTooLargeException extends IOException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes an exception.
     *
     * @param step the step that could not be taken, from 1
     * @param batchSize images a step
     * @param fitting the largest half, quarter, … of it that was tried and fits; 0 if not even one
     *     image does
     * @param cause how the lack of memory showed
     */
    public BatchTooLargeException(long step, int batchSize, int fitting, Throwable cause) {
        super(
                fitting > 0
                        ? "step %d was not taken: %d pictures at once do not fit into memory, %d do; use a batch size of %d"
                                .formatted(step, batchSize, fitting, fitting)
                        : "step %d was not taken: not even one picture fits into memory beside this model; use larger patches or a smaller model"
                                .formatted(step),
                cause);
    }
}
