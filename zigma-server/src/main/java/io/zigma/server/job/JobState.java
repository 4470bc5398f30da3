package io.zigma.server.job;

import java.util.Locale;

/** What has become of a job. */
public enum JobState {
    /** It waits for a worker. */
    QUEUED,
    /** Its pictures are being made. */
    RUNNING,
    /** Its pictures are there. */
    DONE,
    /** It has none, and a reason. */
    FAILED,
    /** It was cancelled before it was done. */
    CANCELLED;

    /**
     * Returns whether nothing more will happen.
     *
     * @return true for all but {@link #QUEUED} and {@link #RUNNING}
     */
    public boolean isFinal() {
        return this != QUEUED && this != RUNNING;
    }

    /**
     * Returns the name that clients see.
     *
     * @return lower case
     */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
