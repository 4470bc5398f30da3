package io.zigma.server.job;

/** Called when something happens to a job; must return at once, for the worker waits for it. */
public interface JobListener {

    /**
     * Called with an event.
     *
     * @param job whose
     * @param event what happened
     */
    void happened(Job job, JobEvent event);

    /**
     * Returns whether previews should be made: decoding and encoding them takes time.
     *
     * @return false by default
     */
    default boolean wantsPreviews() {
        return false;
    }
}
