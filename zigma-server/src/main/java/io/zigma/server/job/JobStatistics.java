package io.zigma.server.job;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** What a queue has done since it began. */
public final class JobStatistics {

    private final Map<JobState, LongAdder> ended = new EnumMap<>(JobState.class);
    private final LongAdder submitted = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final LongAdder pictures = new LongAdder();
    private final LongAdder steps = new LongAdder();
    private final LongAdder passes = new LongAdder();
    private final LongAdder busyNanos = new LongAdder();
    private final LongAdder loads = new LongAdder();
    private final LongAdder drops = new LongAdder();

    JobStatistics() {
        for (JobState state : JobState.values()) {
            ended.put(state, new LongAdder());
        }
    }

    void accepted() {
        submitted.increment();
    }

    void refusedFull() {
        rejected.increment();
    }

    void ended(JobState state, int made) {
        count(state).increment();
        pictures.add(made);
    }

    void stepped() {
        steps.increment();
    }

    void ran(long nanos) {
        passes.increment();
        busyNanos.add(nanos);
    }

    void loaded() {
        loads.increment();
    }

    void dropped() {
        drops.increment();
    }

    private LongAdder count(JobState state) {
        return Objects.requireNonNull(ended.get(state));
    }

    /**
     * Counts jobs by their end.
     *
     * @param state a final one
     * @return jobs
     */
    public long jobs(JobState state) {
        return count(state).sum();
    }

    /**
     * Counts jobs that were taken in.
     *
     * @return jobs
     */
    public long submitted() {
        return submitted.sum();
    }

    /**
     * Counts requests that found the queue full.
     *
     * @return requests
     */
    public long rejected() {
        return rejected.sum();
    }

    /**
     * Counts finished pictures.
     *
     * @return pictures
     */
    public long pictures() {
        return pictures.sum();
    }

    /**
     * Counts sampling steps, those of a batch once.
     *
     * @return steps
     */
    public long steps() {
        return steps.sum();
    }

    /**
     * Counts how often a worker took one or more jobs at once.
     *
     * @return passes
     */
    public long passes() {
        return passes.sum();
    }

    /**
     * Returns how long workers were busy.
     *
     * @return seconds, all workers together
     */
    public double busySeconds() {
        return busyNanos.sum() / 1e9;
    }

    /**
     * Counts how often a model was loaded.
     *
     * @return loads
     */
    public long loads() {
        return loads.sum();
    }

    /**
     * Counts how often a model was dropped for another.
     *
     * @return drops
     */
    public long drops() {
        return drops.sum();
    }
}
