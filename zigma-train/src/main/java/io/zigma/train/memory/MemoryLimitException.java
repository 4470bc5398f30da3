package io.zigma.train.memory;

import io.zigma.train.config.TrainingConfig;
import java.io.IOException;
import java.util.Locale;

/** A run would outgrow the memory that its control group has, and be killed without a word. */
public final class MemoryLimitException extends IOException {

    private static final long serialVersionUID = 1L;

    private static final double GIGA = 1e9;

    private MemoryLimitException(String message) {
        super(message);
    }

    /**
     * Makes an exception for a model that alone is too large.
     *
     * @param need bytes of weights, EMA, moments and gradients
     * @param most bytes that the process may have
     * @return one line with what to do
     */
    static MemoryLimitException ofModel(long need, long most) {
        return new MemoryLimitException(
                "weights, their EMA, AdamW's moments and gradients need %s, the memory limit of this container or session (cgroup) leaves %s; use a smaller model, or raise the limit"
                        .formatted(size(need), size(most)));
    }

    /**
     * Makes an exception for a step that is too large.
     *
     * @param config the run's settings
     * @param need bytes of a step in all
     * @param most bytes that the process may have
     * @param fitting images that fit at once, 0 if not even one does
     * @return one line with what to do
     */
    static MemoryLimitException ofStep(TrainingConfig config, long need, long most, int fitting) {
        String start =
                "a step with %s pictures at once needs about %s in all, the memory limit of this container or session (cgroup) leaves %s, and the system would end it without a word; "
                        .formatted(config.batchSize(), size(need), size(most));
        return new MemoryLimitException(start + advice(config, fitting));
    }

    /**
     * Returns the line for a step that is nearly too large.
     *
     * @param config the run's settings
     * @param need bytes of a step in all
     * @param most bytes that the process may have
     * @param fitting a smaller number of images, 0 if there is none
     * @return one line with what to do
     */
    static String warning(TrainingConfig config, long need, long most, int fitting) {
        return "a step needs about %s of the %s that the memory limit of this container or session (cgroup) leaves; if it ends without a word, %s"
                .formatted(size(need), size(most), advice(config, fitting));
    }

    private static String advice(TrainingConfig config, int fitting) {
        String recompute = config.optimization().recompute() ? "" : "--recompute";
        if (fitting == 0) {
            return "use %slarger patches or a smaller model, or raise the limit"
                    .formatted(recompute.isEmpty() ? "" : recompute + ", ");
        }
        int batches = (config.imagesPerStep() + fitting - 1) / fitting;
        return "use --batch-size %s --accumulate %s, which learns from as many a step%s"
                .formatted(fitting, batches, recompute.isEmpty() ? "" : ", or " + recompute);
    }

    private static String size(long bytes) {
        return String.format(Locale.ROOT, "%.2f GB", bytes / GIGA);
    }
}
