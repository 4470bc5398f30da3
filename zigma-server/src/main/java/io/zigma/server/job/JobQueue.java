package io.zigma.server.job;

import ai.djl.Device;
import io.zigma.condition.InvalidRequestException;
import io.zigma.op.MemoryExhaustion;
import io.zigma.pipeline.GenerationRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes jobs in, first come first served, and works on them with one thread for each device. Jobs
 * of the same model and settings that wait are sampled at once. A result is retained until newer
 * ones take its place.
 */
public final class JobQueue implements AutoCloseable {

    private static final int LONGEST_RETRY = 600;

    private final JobLimits limits;
    private final JobStatistics statistics = new JobStatistics();
    private final Consumer<String> log;
    private final List<Thread> workers = new ArrayList<>();

    /** Guards all that follows. */
    private final Object lock = new Object();

    private final List<Job> waiting = new ArrayList<>();
    private final Map<String, Job> running = new HashMap<>();
    private final Map<String, Job> finished = new LinkedHashMap<>();
    private long waitingBytes;
    private long finishedBytes;
    private boolean closing;

    /**
     * Starts the workers; no engine is started and no model loaded before the first job.
     *
     * @param devices one worker each
     * @param limits how much is taken in
     * @param log called with one line where a job fails by no fault of its request
     */
    public JobQueue(List<Device> devices, JobLimits limits, Consumer<String> log) {
        this.limits = limits;
        this.log = log;
        for (Device device : devices) {
            Thread worker = new Thread(() -> work(device), "zigma-worker-" + workers.size());
            worker.setDaemon(true);
            workers.add(worker);
        }
        workers.forEach(Thread::start);
    }

    /**
     * Returns what was done so far.
     *
     * @return counters that go on counting
     */
    public JobStatistics statistics() {
        return statistics;
    }

    /**
     * Returns how much is taken in.
     *
     * @return the limits
     */
    public JobLimits limits() {
        return limits;
    }

    /**
     * Takes a job in.
     *
     * @param model the model to ask
     * @param request what is asked for
     * @param bytes the size of the request as it was sent
     * @return the job
     * @throws InvalidRequestException if the model cannot do it; the message says what it can
     * @throws QueueFullException if too many wait, or the server is about to end
     */
    public Job submit(ServedModel model, GenerationRequest request, long bytes)
            throws QueueFullException {
        return submit(model, request, bytes, job -> {});
    }

    /**
     * Takes a job in that somebody listens to from its first event on.
     *
     * @param model the model to ask
     * @param request what is asked for
     * @param bytes the size of the request as it was sent
     * @param before called with the job before any worker sees it
     * @return the job
     * @throws InvalidRequestException if the model cannot do it; the message says what it can
     * @throws QueueFullException if too many wait, or the server is about to end
     */
    public Job submit(
            ServedModel model, GenerationRequest request, long bytes, Consumer<Job> before)
            throws QueueFullException {
        model.require(request, limits.request());
        synchronized (lock) {
            if (closing) {
                throw new QueueFullException("the server is shutting down", LONGEST_RETRY);
            }
            if (waiting.size() >= limits.queued()
                    || !waiting.isEmpty() && waitingBytes + bytes > limits.queuedBytes()) {
                statistics.refusedFull();
                throw new QueueFullException(
                        "%s requests wait already; try again later".formatted(waiting.size()),
                        retrySeconds());
            }
            Job job = new Job(model, request, bytes);
            before.accept(job);
            waiting.add(job);
            waitingBytes += bytes;
            statistics.accepted();
            lock.notifyAll();
            return job;
        }
    }

    /** Estimates when a quarter of what waits has been worked on. */
    private int retrySeconds() {
        long ended = Math.max(1, statistics.jobs(JobState.DONE));
        double seconds =
                statistics.busySeconds() / ended * Math.max(1, waiting.size() / 4) / workers.size();
        return (int) Math.max(1, Math.min(LONGEST_RETRY, Math.ceil(seconds)));
    }

    /**
     * Finds a job.
     *
     * @param id what it is called
     * @return the job; empty where there is none, or its result was dropped for newer ones
     */
    public Optional<Job> find(String id) {
        synchronized (lock) {
            Job there = running.get(id);
            if (there == null) {
                there = finished.get(id);
            }
            return there != null
                    ? Optional.of(there)
                    : waiting.stream().filter(job -> job.id().equals(id)).findFirst();
        }
    }

    /**
     * Counts the jobs that wait.
     *
     * @return jobs
     */
    public int waiting() {
        synchronized (lock) {
            return waiting.size();
        }
    }

    /**
     * Returns how many jobs are before one.
     *
     * @param job any
     * @return 0 where it is the next, runs or has ended
     */
    public int ahead(Job job) {
        synchronized (lock) {
            return Math.max(0, waiting.indexOf(job));
        }
    }

    /**
     * Returns the jobs that run.
     *
     * @return those of one pass a device
     */
    public List<Job> running() {
        synchronized (lock) {
            return List.copyOf(running.values());
        }
    }

    /**
     * Cancels a job: at once where it waits, between two evaluations of the model where it runs.
     *
     * @param job any; nothing happens to one that has ended
     */
    public void cancel(Job job) {
        synchronized (lock) {
            if (waiting.remove(job)) {
                waitingBytes -= job.bytes();
                end(job, JobState.CANCELLED, null);
                return;
            }
        }
        job.wantCancelled();
    }

    /**
     * Ends the queue: takes nothing more in, cancels what waits, and finishes what runs.
     *
     * @param patience how long what runs may take; then it is cancelled
     */
    public void close(Duration patience) {
        synchronized (lock) {
            closing = true;
            List.copyOf(waiting).forEach(this::cancel);
            lock.notifyAll();
        }
        join(patience);
        running().forEach(this::cancel);
        join(Duration.ofMinutes(1));
    }

    private void join(Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        try {
            for (Thread worker : workers) {
                long millis = (end - System.nanoTime()) / 1_000_000;
                if (millis > 0) {
                    worker.join(millis);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Cancels everything. */
    @Override
    public void close() {
        close(Duration.ZERO);
    }

    private void work(Device device) {
        try (LoadedModels models = new LoadedModels(device, limits.modelBytes(), statistics)) {
            for (List<Job> jobs = take(); !jobs.isEmpty(); jobs = take()) {
                long began = System.nanoTime();
                run(jobs, models);
                statistics.ran(System.nanoTime() - began);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for work; returns nothing where there will be none. */
    private List<Job> take() throws InterruptedException {
        synchronized (lock) {
            while (waiting.isEmpty()) {
                if (closing) {
                    return List.of();
                }
                lock.wait();
            }
            List<Job> jobs = new ArrayList<>();
            jobs.add(waiting.remove(0));
            Job first = jobs.get(0);
            int pictures = first.request().prompts().size();
            for (Iterator<Job> more = waiting.iterator(); more.hasNext(); ) {
                Job next = more.next();
                int own = next.request().prompts().size();
                if (pictures + own <= first.request().batchSize() && Pass.together(first, next)) {
                    more.remove();
                    jobs.add(next);
                    pictures += own;
                }
            }
            for (Job job : jobs) {
                waitingBytes -= job.bytes();
                running.put(job.id(), job);
            }
            return jobs;
        }
    }

    private void run(List<Job> taken, LoadedModels models) {
        List<Job> jobs = taken.stream().filter(Job::start).toList();
        if (!jobs.isEmpty()) {
            sample(jobs, models);
        }
    }

    private void sample(List<Job> jobs, LoadedModels models) {
        Pass pass = new Pass(jobs, statistics);
        try {
            models.get(jobs.get(0).model()).generate(pass.request());
            synchronized (lock) {
                pass.finish();
                jobs.forEach(this::retire);
            }
        } catch (CancellationException e) {
            endAll(jobs, JobState.CANCELLED, null);
        } catch (InvalidRequestException e) {
            if (jobs.size() > 1 && !pass.begun()) {
                // one of them is refused, which must not touch the others
                jobs.forEach(job -> sample(List.of(job), models));
            } else {
                endAll(jobs, JobState.FAILED, new Problem(oneLine(e), true));
            }
        } catch (IOException e) {
            log.accept("%s cannot be loaded: %s".formatted(jobs.get(0).model().name(), oneLine(e)));
            endAll(
                    jobs,
                    JobState.FAILED,
                    new Problem("the model cannot be loaded; the server's log has why", false));
        } catch (RuntimeException | Error e) {
            fail(jobs, e);
        }
    }

    private void fail(Collection<Job> jobs, Throwable reason) {
        boolean memory = reason instanceof OutOfMemoryError || MemoryExhaustion.caused(reason);
        log.accept(
                "a job of %s failed: %s (%s)"
                        .formatted(
                                jobs.iterator().next().model().name(),
                                reason.getClass().getSimpleName(),
                                oneLine(reason)));
        endAll(
                jobs,
                JobState.FAILED,
                new Problem(
                        memory
                                ? "there is not enough memory for it; ask for fewer pictures"
                                : "it failed unexpectedly; the server's log has why",
                        false));
    }

    private void endAll(Collection<Job> jobs, JobState state, @Nullable Problem problem) {
        synchronized (lock) {
            jobs.forEach(job -> end(job, state, problem));
        }
    }

    private void end(Job job, JobState state, @Nullable Problem problem) {
        job.finish(state, List.of(), problem);
        retire(job);
    }

    /** Moves a job to those that have ended, and drops the oldest of them. */
    private void retire(Job job) {
        running.remove(job.id());
        finished.put(job.id(), job);
        finishedBytes += held(job);
        statistics.ended(job.state(), job.pictures().size());
        Iterator<Job> oldest = finished.values().iterator();
        while (finished.size() > limits.finished()
                || finishedBytes > limits.finishedBytes() && finished.size() > 1) {
            finishedBytes -= held(oldest.next());
            oldest.remove();
        }
    }

    private static long held(Job job) {
        return job.bytes() + job.pictures().stream().mapToLong(JobPicture::bytes).sum();
    }

    private static String oneLine(Throwable reason) {
        return Optional.ofNullable(reason.getMessage())
                .flatMap(message -> message.lines().findFirst())
                .orElse(reason.getClass().getSimpleName());
    }
}
