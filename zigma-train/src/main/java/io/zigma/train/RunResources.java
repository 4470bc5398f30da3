package io.zigma.train;

import ai.djl.ndarray.NDManager;
import io.zigma.engine.EngineStart;
import io.zigma.text.TextEncoder;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.run.RunLock;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What a run holds until it is closed: its folder's lock, its arrays and its text encoder. */
final class RunResources implements Closeable {

    private final RunLock lock;
    private final NDManager manager;
    private @Nullable TextEncoder encoder;

    private RunResources(RunLock lock, NDManager manager) {
        this.lock = lock;
        this.manager = manager;
    }

    /**
     * Takes a run's folder.
     *
     * @param request the run
     * @throws IOException if the folder is in use
     */
    static RunResources take(TrainingRequest request) throws IOException {
        RunLock lock = RunLock.take(request.folder());
        try {
            return new RunResources(lock, EngineStart.newManager(request.device()));
        } catch (RuntimeException | Error e) {
            lock.close();
            throw e;
        }
    }

    /**
     * Opens the text encoder that a run needs.
     *
     * @param request the run
     * @throws IllegalArgumentException if the encoder does not fit the model
     * @throws IOException if there is none of that content
     */
    void openEncoder(TrainingRequest request) throws IOException {
        TrainingConfig config = request.config();
        if (config.textEncoder().isPresent()) {
            encoder = request.encoders().open(config.textEncoder().get(), request.device());
            RunChecks.requireFit(config.model().conditioning(), encoder);
        }
    }

    /** Returns the owner of the run's arrays. */
    NDManager manager() {
        return manager;
    }

    /** Returns the text encoder; null for a model without. */
    @Nullable TextEncoder encoder() {
        return encoder;
    }

    @Override
    public void close() throws IOException {
        try (lock;
                manager) {
            if (encoder != null) {
                encoder.close();
            }
        }
    }
}
