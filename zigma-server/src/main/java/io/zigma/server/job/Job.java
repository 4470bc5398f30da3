package io.zigma.server.job;

import io.zigma.pipeline.GenerationRequest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A request on its way to pictures. May be used from any thread. */
public final class Job {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int ID_BYTES = 16; // nobody guesses another's job

    private final String id;
    private final ServedModel model;
    private final GenerationRequest request;
    private final long bytes;
    private final Instant created = Instant.now();
    private final CompletableFuture<Job> end = new CompletableFuture<>();
    private final List<JobListener> listeners = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    private JobState state = JobState.QUEUED;
    private boolean cancelWanted;
    private int done;
    private int total;
    private long startedNanos;
    private List<JobPicture> pictures = List.of();
    private JobEvent.@Nullable Preview preview;
    private @Nullable Problem problem;

    Job(ServedModel model, GenerationRequest request, long bytes) {
        byte[] random = new byte[ID_BYTES];
        RANDOM.nextBytes(random);
        this.id = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        this.model = model;
        this.request = request;
        this.bytes = bytes;
    }

    /**
     * Returns what the job is called.
     *
     * @return 22 letters, digits, hyphens and underscores that cannot be guessed
     */
    public String id() {
        return id;
    }

    /**
     * Returns the model that is asked.
     *
     * @return the model
     */
    public ServedModel model() {
        return model;
    }

    /**
     * Returns what is asked for.
     *
     * @return the request
     */
    public GenerationRequest request() {
        return request;
    }

    /**
     * Returns when it was submitted.
     *
     * @return the time
     */
    public Instant created() {
        return created;
    }

    /** Returns the size of the request as it was sent. */
    long bytes() {
        return bytes;
    }

    /**
     * Returns what has become of it.
     *
     * @return the present state
     */
    public synchronized JobState state() {
        return state;
    }

    /**
     * Returns the steps taken.
     *
     * @return 0 before it runs
     */
    public synchronized int done() {
        return done;
    }

    /**
     * Returns the steps to take.
     *
     * @return 0 before the first is taken
     */
    public synchronized int total() {
        return total;
    }

    /**
     * Returns the pictures.
     *
     * @return one a prompt once it is done, before that none
     */
    public synchronized List<JobPicture> pictures() {
        return pictures;
    }

    /**
     * Returns why it failed.
     *
     * @return empty where it did not
     */
    public synchronized Optional<Problem> problem() {
        return Optional.ofNullable(problem);
    }

    /**
     * Returns what is worth knowing of its prompts.
     *
     * @return one line each
     */
    public synchronized List<String> notes() {
        return List.copyOf(notes);
    }

    /**
     * Returns how its pictures looked when that was last asked for.
     *
     * @return empty before
     */
    public synchronized Optional<JobEvent.Preview> preview() {
        return Optional.ofNullable(preview);
    }

    /**
     * Returns how long the rest will take at the pace so far.
     *
     * @return seconds; 0 where it does not run
     */
    public synchronized double secondsLeft() {
        if (state != JobState.RUNNING || done == 0) {
            return 0;
        }
        return (System.nanoTime() - startedNanos) / 1e9 / done * (total - done);
    }

    /**
     * Returns its end.
     *
     * @return completed with this job once its state is final, never exceptionally
     */
    public CompletableFuture<Job> end() {
        return end.copy();
    }

    /**
     * Hears what happens from now on. A job that has ended says so at once.
     *
     * @param listener called until the job ends or it is removed
     */
    public synchronized void listen(JobListener listener) {
        if (state.isFinal()) {
            listener.happened(this, new JobEvent.Ended(state));
        } else {
            listeners.add(listener);
        }
    }

    /**
     * Stops to listen.
     *
     * @param listener one that listened
     */
    public synchronized void ignore(JobListener listener) {
        listeners.remove(listener);
    }

    /** Returns whether somebody watches how the pictures come about. */
    synchronized boolean wantsPreviews() {
        return state == JobState.RUNNING && listeners.stream().anyMatch(JobListener::wantsPreviews);
    }

    private void publish(JobEvent event) {
        List.copyOf(listeners).forEach(listener -> listener.happened(this, event));
    }

    /** Begins, unless it was cancelled meanwhile. */
    synchronized boolean start() {
        if (state != JobState.QUEUED) {
            return false;
        }
        state = JobState.RUNNING;
        startedNanos = System.nanoTime();
        publish(new JobEvent.Started());
        return true;
    }

    synchronized void note(String line) {
        notes.add(line);
    }

    synchronized void stepped(int taken, int all) {
        if (state == JobState.RUNNING) {
            done = taken;
            total = all;
            publish(new JobEvent.Step(taken, all, secondsLeft()));
        }
    }

    synchronized void previewed(JobEvent.Preview event) {
        if (state == JobState.RUNNING) {
            preview = event;
            publish(event);
        }
    }

    /** Asks the worker to stop after the present step; returns whether it runs. */
    synchronized boolean wantCancelled() {
        cancelWanted = true;
        return state == JobState.RUNNING;
    }

    /** Returns whether it need not be worked on. */
    synchronized boolean unwanted() {
        return cancelWanted || state.isFinal();
    }

    /** Ends the job; returns whether it had not ended before. */
    boolean finish(JobState ending, List<JobPicture> made, @Nullable Problem reason) {
        synchronized (this) {
            if (state.isFinal()) {
                return false;
            }
            state = ending;
            pictures = List.copyOf(made);
            problem = reason;
            preview = null;
            publish(new JobEvent.Ended(ending));
            listeners.clear();
        }
        end.complete(this);
        return true;
    }
}
