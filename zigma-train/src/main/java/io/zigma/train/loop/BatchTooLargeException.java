package io.zigma.train.loop;

import io.zigma.train.config.TrainingConfig;
import java.io.IOException;

/** A step needed more memory than there is; the last checkpoint is as it was. */
public final class BatchTooLargeException extends IOException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes an exception.
     *
     * @param step the step that could not be taken, from 1
     * @param config the run's settings
     * @param fitting the largest half, quarter, … of its batch that was tried and fits; 0 if not
     *     even one image does
     * @param cause how the lack of memory showed
     */
    public BatchTooLargeException(long step, TrainingConfig config, int fitting, Throwable cause) {
        super(message(step, config, fitting), cause);
    }

    private static String message(long step, TrainingConfig config, int fitting) {
        String less = config.optimization().recompute() ? "" : "--recompute, ";
        if (fitting == 0) {
            return "step %s was not taken: not even one picture fits into memory beside this model; use %slarger patches or a smaller model"
                    .formatted(step, less);
        }
        int batches = (config.imagesPerStep() + fitting - 1) / fitting;
        return "step %s was not taken: %s pictures at once do not fit into memory, %s do; use a batch size of %s (with --accumulate %s a step learns from as many as before)%s"
                .formatted(
                        step,
                        config.batchSize(),
                        fitting,
                        fitting,
                        batches,
                        less.isEmpty() ? "" : ", or --recompute");
    }
}
