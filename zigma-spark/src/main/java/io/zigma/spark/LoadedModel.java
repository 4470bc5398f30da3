package io.zigma.spark;

import ai.djl.Device;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.zigma.engine.EngineStart;
import io.zigma.pipeline.ImageGenerator;
import io.zigma.pipeline.LoadOptions;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The one model that an executor holds on a device. All its tasks use it; where they ask for
 * another, it is freed before that one is loaded, when the last task has let go of it.
 */
final class LoadedModel {

    private static final String THREADS = "ai.djl.pytorch.num_threads";

    private static final Map<Device, LoadedModel> BY_DEVICE = new HashMap<>();

    private final Device device;

    @GuardedBy("this")
    private @Nullable SharedModel model;

    @GuardedBy("this")
    private @Nullable ImageGenerator generator;

    @GuardedBy("this")
    private int users;

    private LoadedModel(Device device) {
        this.device = device;
    }

    /** What a task uses until it closes it. */
    final class Lease implements AutoCloseable {

        private final ImageGenerator leased;
        private boolean closed;

        private Lease(ImageGenerator leased) {
            this.leased = leased;
        }

        /** Returns the generator, which may be used from several threads. */
        ImageGenerator generator() {
            return leased;
        }

        /** Lets go of the model; it stays loaded for the next task. */
        @Override
        public void close() {
            synchronized (LoadedModel.this) {
                if (!closed) {
                    closed = true;
                    users--;
                    LoadedModel.this.notifyAll();
                }
            }
        }
    }

    /**
     * Gets a model, loading it if it is not the one that is loaded.
     *
     * @param wanted the model
     * @param device where to compute
     * @param threads of the engine, which counts when the executor's first model is loaded
     * @return the model, to be closed
     * @throws IOException if it cannot be read
     * @throws InterruptedException if the task is killed while others use another model
     */
    static Lease lease(SharedModel wanted, Device device, int threads)
            throws IOException, InterruptedException {
        LoadedModel place;
        synchronized (BY_DEVICE) {
            startEngine(threads);
            place = BY_DEVICE.computeIfAbsent(device, LoadedModel::new);
        }
        return place.lease(wanted);
    }

    /**
     * Starts the engine of an executor, if it is not started.
     *
     * @param threads what it computes with; read once, and the same for every executor, since the
     *     bytes of pictures depend on it
     */
    static synchronized void startEngine(int threads) {
        if (System.getProperty(THREADS) == null) {
            System.setProperty(THREADS, Integer.toString(threads));
        }
        EngineStart.engine();
    }

    private synchronized Lease lease(SharedModel wanted) throws IOException, InterruptedException {
        while (!wanted.equals(model) && users > 0) {
            wait();
        }
        if (generator == null || !wanted.equals(model)) {
            free();
            generator =
                    ImageGenerator.load(
                            wanted.open(),
                            device,
                            LoadOptions.DEFAULT.withPrecision(wanted.precision()));
            model = wanted;
        }
        users++;
        return new Lease(generator);
    }

    private synchronized void free() {
        if (generator != null) {
            generator.close();
        }
        generator = null;
        model = null;
    }

    /** Returns how many tasks of this process hold a model at the moment. */
    static int leases() {
        synchronized (BY_DEVICE) {
            int sum = 0;
            for (LoadedModel place : BY_DEVICE.values()) {
                synchronized (place) {
                    sum += place.users;
                }
            }
            return sum;
        }
    }

    /** Frees what is loaded and not in use; an executor's process that ends does so by itself. */
    static void freeAll() {
        synchronized (BY_DEVICE) {
            for (LoadedModel place : BY_DEVICE.values()) {
                synchronized (place) {
                    if (place.users == 0) {
                        place.free();
                    }
                }
            }
        }
    }
}
