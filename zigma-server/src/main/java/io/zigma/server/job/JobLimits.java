package io.zigma.server.job;

import io.zigma.pipeline.RequestLimits;

/**
 * How much is taken in and retained.
 *
 * @param queued jobs that wait, at least 1
 * @param queuedBytes of requests that wait, for pictures that are sent along
 * @param finished jobs whose results are retained
 * @param finishedBytes of retained results; the oldest are dropped beyond
 * @param modelBytes of loaded weights a device, by the size of their files; the least recently used
 *     are dropped beyond, but for the one in use
 * @param request of one request
 */
public record JobLimits(
        int queued,
        long queuedBytes,
        int finished,
        long finishedBytes,
        long modelBytes,
        RequestLimits request) {

    private static final int QUEUED = 64;
    private static final long MIB = 1L << 20;

    /** What a server has where nothing else is said. */
    public static final JobLimits STANDARD =
            new JobLimits(QUEUED, 256 * MIB, 256, 128 * MIB, 4096 * MIB, RequestLimits.STANDARD);

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is less than 1
     */
    public JobLimits {
        if (queued < 1 || queuedBytes < 1 || finished < 1 || finishedBytes < 1 || modelBytes < 1) {
            throw new IllegalArgumentException("limits of a server are 1 or more");
        }
    }

    /**
     * Returns the same with another length of the queue.
     *
     * @param jobs that wait at most
     * @return a changed copy
     */
    public JobLimits withQueued(int jobs) {
        return new JobLimits(jobs, queuedBytes, finished, finishedBytes, modelBytes, request);
    }

    /**
     * Returns the same with another limit of loaded weights.
     *
     * @param bytes a device
     * @return a changed copy
     */
    public JobLimits withModelBytes(long bytes) {
        return new JobLimits(queued, queuedBytes, finished, finishedBytes, bytes, request);
    }

    /**
     * Returns the same with other limits of a request.
     *
     * @param changed pictures and steps
     * @return a changed copy
     */
    public JobLimits withRequest(RequestLimits changed) {
        return new JobLimits(queued, queuedBytes, finished, finishedBytes, modelBytes, changed);
    }

    /**
     * Returns the same with another number of retained results.
     *
     * @param jobs at most
     * @return a changed copy
     */
    public JobLimits withFinished(int jobs) {
        return new JobLimits(queued, queuedBytes, jobs, finishedBytes, modelBytes, request);
    }
}
