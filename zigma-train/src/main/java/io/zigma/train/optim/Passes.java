package io.zigma.train.optim;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Passes that run at the same time, each on a thread of its own. */
public final class Passes {

    private Passes() {}

    /**
     * Waits until all have ended, however they end: the caller frees what they use.
     *
     * @param passes that were started
     * @param <T> what they come to
     */
    public static <T> void awaitAll(List<CompletableFuture<T>> passes) {
        CompletableFuture.allOf(passes.toArray(CompletableFuture[]::new))
                .handle((nothing, failure) -> nothing)
                .join();
    }

    /**
     * Returns what a pass came to, or throws what it threw.
     *
     * @param pass that was started
     * @param <T> what it comes to
     * @return its result
     */
    public static <T> T outcome(CompletableFuture<T> pass) {
        try {
            return pass.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e.getCause() instanceof RuntimeException exception ? exception : e;
        }
    }
}
