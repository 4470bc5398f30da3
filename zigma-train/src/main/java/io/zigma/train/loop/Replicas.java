package io.zigma.train.loop;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ai.djl.pytorch.jni.JniUtils;
import io.zigma.engine.EngineStart;
import io.zigma.op.ReferencePath;
import io.zigma.train.optim.BatchGradients;
import io.zigma.train.optim.BatchGradients.MicrobatchLoss;
import io.zigma.train.optim.BatchGradients.Result;
import io.zigma.train.optim.NamedArrays;
import io.zigma.train.optim.Passes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * The trained model and copies of it, each of which takes a part of every batch: data parallelism
 * in one process. The first is the model itself; only its weights are moved by the optimiser, and
 * the others follow.
 *
 * <p>Parts are consecutive and their gradients are added in the order of the parts, whichever is
 * finished first. What is random belongs to an image and not to its part, so that a step is that of
 * one model with the whole batch, up to the rounding of the sums.
 */
final class Replicas implements AutoCloseable {

    private final ModelPair models;
    private final boolean recompute;
    private final List<Copy> copies = new ArrayList<>();
    private final int threads = JniUtils.getNumThreads();
    private BatchGradients own;
    private final ExecutorService pool = Executors.newCachedThreadPool(Replicas::thread);

    /** The weights of a copy, and the gradients of its parts. */
    private record Copy(NDManager manager, Map<String, NDArray> weights, BatchGradients gradients)
            implements AutoCloseable {

        @Override
        public void close() {
            gradients.close();
            manager.close();
        }
    }

    /**
     * Begins with the model alone.
     *
     * @param models the trained model
     * @param recompute whether blocks recompute in backward what they would keep
     */
    Replicas(ModelPair models, boolean recompute) {
        this.models = models;
        this.recompute = recompute;
        this.own = BatchGradients.inMicrobatches(parameters(), recompute);
    }

    private Map<String, Parameter> parameters() {
        return models.trained().namedParameters();
    }

    private static Thread thread(Runnable job) {
        Thread thread = new Thread(job, "zigma-replica");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Makes copies of the weights as they are now. On a processor all of them divide its threads.
     *
     * @param devices where the copies are
     */
    void add(List<Device> devices) {
        int share = Math.max(1, threads / (devices.size() + 1));
        for (Device device : devices) {
            NDManager manager = EngineStart.newManager(device);
            Map<String, NDArray> weights = new LinkedHashMap<>();
            parameters()
                    .forEach(
                            (name, parameter) ->
                                    weights.put(name, copy(parameter.getArray(), manager)));
            copies.add(
                    new Copy(
                            manager,
                            weights,
                            BatchGradients.ofCopy(parameters(), weights, share, recompute)));
        }
        if (!devices.isEmpty()) {
            own.close();
            own = BatchGradients.ofCopy(parameters(), models.weights(), share, recompute);
        }
    }

    /** Copies into memory of the engine, whose products may round differently on Java's. */
    private static NDArray copy(NDArray array, NDManager manager) {
        try (NDArray detached = array.stopGradient()) {
            NDArray copy = detached.toDevice(manager.getDevice(), true);
            copy.attach(manager);
            return copy;
        }
    }

    /** Returns how many parts a batch has, at least 1. */
    int count() {
        return 1 + copies.size();
    }

    /** Returns how many microbatches a batch is divided into, by all replicas together. */
    int microbatches(int images) {
        int sum = 0;
        for (int part = 0; part < count(); part++) {
            int size = start(part + 1, images) - start(part, images);
            sum += size == 0 ? 0 : gradients(part).count(size);
        }
        return sum;
    }

    /** Returns where a part of a batch begins; the first part is never empty. */
    private int start(int part, int images) {
        return (int) (((long) part * images + count() - 1) / count());
    }

    private BatchGradients gradients(int part) {
        return part == 0 ? own : copies.get(part - 1).gradients();
    }

    /**
     * Runs the forward and backward pass of images of a batch on all replicas at once.
     *
     * @param first of the images
     * @param end behind the last, at least one more
     * @param whole loss of the batch's images
     * @param scope owner of the gradients, on the device of the model
     * @return loss and gradients of these images
     */
    Result of(int first, int end, MicrobatchLoss whole, NDManager scope) {
        int images = end - first;
        MicrobatchLoss loss = first == 0 ? whole : shifted(whole, first);
        if (copies.isEmpty()) {
            return own.of(images, loss, scope);
        }
        List<NDManager> scopes = new ArrayList<>();
        List<CompletableFuture<Result>> parts = new ArrayList<>();
        try {
            for (int part = 0; part < count(); part++) {
                int from = start(part, images);
                int to = start(part + 1, images);
                if (from < to) {
                    NDManager place =
                            part == 0
                                    ? scope.newSubManager()
                                    : copies.get(part - 1).manager().newSubManager();
                    scopes.add(place);
                    BatchGradients gradients = gradients(part);
                    parts.add(onThread(() -> gradients.of(to - from, shifted(loss, from), place)));
                }
            }
            Passes.awaitAll(parts);
            Result sum = Passes.outcome(parts.get(0));
            sum.handTo(scope);
            for (CompletableFuture<Result> part : parts.subList(1, parts.size())) {
                sum = sum.plus(Passes.outcome(part).movedTo(scopes.get(0)));
            }
            return sum;
        } finally {
            Passes.awaitAll(parts); // also those before one that failed: they use what is freed now
            scopes.forEach(NDManager::close);
            JniUtils.setNumThreads(threads);
        }
    }

    private static MicrobatchLoss shifted(MicrobatchLoss loss, int first) {
        return (store, from, to) -> loss.of(store, first + from, first + to);
    }

    private CompletableFuture<Result> onThread(Supplier<Result> part) {
        boolean plain = ReferencePath.inUse();
        int share = Math.max(1, threads / count());
        return CompletableFuture.supplyAsync(
                () -> {
                    JniUtils.setNumThreads(share);
                    return plain ? ReferencePath.run(part) : part.get();
                },
                pool);
    }

    /** Copies the weights that a step moved to all replicas. */
    void follow() {
        for (Copy copy : copies) {
            Map<String, NDArray> targets = new LinkedHashMap<>();
            Map<String, NDArray> moved = new LinkedHashMap<>();
            try (NDManager scope = copy.manager().newSubManager()) {
                models.trainableWeights()
                        .forEach(
                                (name, weight) -> {
                                    targets.put(name, copy.weights().get(name));
                                    moved.put(
                                            name,
                                            weight.getDevice().equals(scope.getDevice())
                                                    ? weight
                                                    : copy(weight, scope));
                                });
                NamedArrays.copyAll("weight", moved, targets);
            }
        }
    }

    /** Returns how many arrays the copies hold between steps; it must not grow. */
    int arraysHeld() {
        return copies.stream().mapToInt(copy -> copy.manager().getManagedArrays().size()).sum();
    }

    /** Frees the copies and lets all threads go. */
    @Override
    public void close() {
        own.close();
        copies.forEach(Copy::close);
        copies.clear();
        pool.shutdown();
    }
}
