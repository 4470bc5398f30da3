package io.zigma.train.memory;

import io.zigma.train.config.TrainingConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.IntUnaryOperator;

/**
 * Compares what a run needs with what its control group has left. Where there is no limit nothing
 * is tried and nothing is said: a lack of memory then shows as an error that names a batch size.
 */
public final class MemoryCheck {

    /** Weights, EMA, two moments and the gradients, four bytes each. */
    private static final int BYTES_A_PARAMETER = 5 * Float.BYTES;

    /** From this fraction of what is left on, an estimate is worth a warning. */
    private static final double CLOSE = 0.8;

    private final Path root;
    private final ProcessMemory process;

    /**
     * Makes a check.
     *
     * @param root where {@code proc} and the mount points are, {@link MemoryLimit#SYSTEM} on a
     *     running system
     */
    public MemoryCheck(Path root) {
        this(root, new ResidentMemory());
    }

    MemoryCheck(Path root, ProcessMemory process) {
        this.root = root;
        this.process = process;
    }

    /**
     * Requires room for a model, before anything of it is allocated.
     *
     * @param parameters numbers in the model
     * @param averages averages of the weights beside the EMA
     * @throws MemoryLimitException if weights, averages, moments and gradients alone are too much
     */
    public void requireRoomFor(long parameters, int averages) throws MemoryLimitException {
        Optional<MemoryLimit> limit = MemoryLimit.read(root);
        long need = parameters * (BYTES_A_PARAMETER + averages * (long) Float.BYTES);
        if (limit.isPresent() && need > limit.get().left()) {
            throw MemoryLimitException.ofModel(need, limit.get().left());
        }
    }

    /**
     * Requires room for a step: tries it with few images, where there is a limit, and computes what
     * a whole batch needs.
     *
     * @param config the run's settings
     * @param parameters numbers in the model that have gradients
     * @param microbatches number of microbatches of a batch of so many images
     * @param step runs the forward and backward pass with so many images, and changes nothing
     * @param warn called if a step is close to the limit
     * @throws MemoryLimitException if a step needs more than there is
     */
    public void requireRoomForAStep(
            TrainingConfig config,
            long parameters,
            IntUnaryOperator microbatches,
            IntConsumer step,
            Consumer<String> warn)
            throws MemoryLimitException {
        if (MemoryLimit.read(root).isEmpty()) {
            return;
        }
        try {
            long resident = process.settled();
            long left = MemoryLimit.read(root).map(MemoryLimit::left).orElse(Long.MAX_VALUE / 2);
            long most = left + resident;
            StepMemory memory =
                    StepMemory.measured(
                            process,
                            step,
                            config.batchSize(),
                            parameters * Float.BYTES,
                            microbatches,
                            most);
            long need = memory.of(config.batchSize());
            double load = memory.load(config.batchSize(), most);
            int fitting = memory.fitting(config.batchSize(), most, CLOSE);
            if (load > 1) {
                throw MemoryLimitException.ofStep(config, need, most, fitting);
            }
            if (load > CLOSE) {
                warn.accept(MemoryLimitException.warning(config, need, most, fitting));
            }
        } catch (MemoryLimitException e) {
            throw e;
        } catch (IOException e) {
            // A system that does not say what the process has: there is nothing to compare.
        }
    }
}
