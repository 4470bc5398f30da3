package io.zigma.op;

import java.util.function.Supplier;

/**
 * Runs this thread's operations by their plain references where a faster path would be taken: to
 * compare the two, in value or in time, within one process.
 *
 * <pre>{@code
 * NDArray fast = model.predict(…);
 * NDArray plain = ReferencePath.run(() -> model.predict(…));
 * }</pre>
 *
 * <p>What a {@link GradientTape} has recorded before is unaffected.
 */
public final class ReferencePath {

    private static final ThreadLocal<Boolean> CHOSEN = ThreadLocal.withInitial(() -> false);

    private ReferencePath() {}

    /**
     * Runs a computation on the references; it may be nested.
     *
     * @param computation what to run, on this thread
     * @param <T> what it returns
     * @return the computation's result
     */
    public static <T> T run(Supplier<T> computation) {
        boolean before = CHOSEN.get();
        CHOSEN.set(true);
        try {
            return computation.get();
        } finally {
            CHOSEN.set(before);
        }
    }

    /**
     * Returns whether operations of this thread run by their references on a processor whatever
     * their operands are: within {@link #run}, and everywhere if Java was started without the
     * vector module.
     *
     * @return true if no fused kernel will run there
     */
    public static boolean inUse() {
        return chosen() || !Kernels.AVAILABLE;
    }

    /** Returns whether this is within {@link #run}. */
    static boolean chosen() {
        return CHOSEN.get();
    }
}
