package io.zigma.train.optim;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import io.zigma.op.GradientTape;
import io.zigma.op.ReferencePath;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gradients of a batch's loss. On a processor the batch goes through the model in microbatches,
 * each on a thread of its own from the first layer to the last and back: threads then wait for each
 * other once a step, and not in every operation.
 *
 * <p>Gradients of the microbatches are added in their order, so that a step repeats to the last bit
 * with the same number of threads. With another number it rounds differently.
 *
 * <p>An object is for one thread at a time; it uses as many threads as the engine does where it is
 * made.
 */
public final class BatchGradients implements AutoCloseable {

    /** A smaller microbatch would spend more on its copy of the gradients than it saves. */
    private static final int SMALLEST_MICROBATCH = 4;

    private final Map<String, Parameter> parameters;
    private final Map<String, NDArray> values;
    private final int mostMicrobatches;
    private final boolean recompute;
    private final int threads;
    private final ExecutorService pool;

    private BatchGradients(
            Map<String, Parameter> parameters,
            Map<String, NDArray> values,
            int threads,
            int mostMicrobatches,
            boolean recompute) {
        this.parameters = parameters;
        this.values = values;
        this.threads = threads;
        this.mostMicrobatches = mostMicrobatches;
        this.recompute = recompute;
        pool =
                Executors.newFixedThreadPool(
                        mostMicrobatches,
                        job -> {
                            Thread thread = new Thread(job, "zigma-microbatch");
                            thread.setDaemon(true);
                            return thread;
                        });
    }

    /**
     * Prepares for a model in which samples know nothing of each other.
     *
     * @param parameters initialised, by name; the loss may depend on no others
     * @param recompute whether what the model's blocks keep for backward is recomputed instead, see
     *     {@link GradientTape#openRecomputing}
     * @return gradients of batches in as many microbatches as there are threads, in one on a GPU
     */
    public static BatchGradients inMicrobatches(
            Map<String, Parameter> parameters, boolean recompute) {
        boolean elsewhere =
                parameters.values().stream().anyMatch(p -> p.getArray().getDevice().isGpu());
        int threads = JniUtils.getNumThreads();
        return new BatchGradients(
                parameters, Map.of(), threads, elsewhere ? 1 : threads, recompute);
    }

    /**
     * Prepares for a copy of a model: its own arrays take the place of what the parameters hold.
     *
     * @param parameters initialised, by name; the loss may depend on no others
     * @param values arrays of the copy by name, on a device of its own; all parameters have one
     * @param threads of the engine that this copy may use, at least 1
     * @param recompute as above
     * @return gradients of the copy's part of batches
     */
    public static BatchGradients ofCopy(
            Map<String, Parameter> parameters,
            Map<String, NDArray> values,
            int threads,
            boolean recompute) {
        boolean elsewhere = values.values().stream().anyMatch(value -> value.getDevice().isGpu());
        return new BatchGradients(parameters, values, threads, elsewhere ? 1 : threads, recompute);
    }

    /**
     * Prepares for a model that uses a batch as a whole, as batch normalisation does.
     *
     * @param parameters initialised, by name; the loss may depend on no others
     * @return gradients of batches in one microbatch
     */
    public static BatchGradients whole(Map<String, Parameter> parameters) {
        return new BatchGradients(parameters, Map.of(), JniUtils.getNumThreads(), 1, false);
    }

    /** The loss of a microbatch. */
    @FunctionalInterface
    public interface MicrobatchLoss {

        /**
         * Predicts and measures; on the microbatch's thread.
         *
         * @param store where the parameters' values come from
         * @param from the first sample's place in the batch
         * @param to the place behind the last one's
         * @return what these samples contribute to the loss of the batch, one number; the
         *     contributions add up to it
         */
        NDArray of(ParameterStore store, int from, int to);

        /**
         * Returns what a sum over some samples contributes to a mean over all of a batch.
         *
         * @param sum over the microbatch, one number
         * @param count of what the mean is over, in the whole batch
         * @return sum / count
         */
        static NDArray ofMean(NDArray sum, long count) {
            // a Java number would leave the graph of gradients with memory that is Java's
            NDArray part =
                    sum.getManager()
                            .full(sum.getShape(), 1f / count, sum.getDataType())
                            .toDevice(sum.getDevice(), false);
            return sum.mul(part);
        }
    }

    /** What a batch comes to. */
    public static final class Result {

        private final double loss;
        private final @Nullable NDArray onDevice; // one number, added to the loss
        private final Map<String, NDArray> gradients;

        private Result(double loss, @Nullable NDArray onDevice, Map<String, NDArray> gradients) {
            this.loss = loss;
            this.onDevice = onDevice;
            this.gradients = gradients;
        }

        /**
         * Returns the loss, waiting for the device if it is on one.
         *
         * @return the loss of the whole batch
         */
        public double loss() {
            return onDevice == null ? loss : loss + onDevice.getFloat();
        }

        /**
         * Returns the loss without waiting for a device.
         *
         * @return one number in float32, beside the gradients
         */
        public NDArray lossArray() {
            if (onDevice != null) {
                return onDevice;
            }
            NDArray any = gradients.values().iterator().next();
            return any.getManager()
                    .full(new Shape(), (float) loss, DataType.FLOAT32)
                    .toDevice(any.getDevice(), false);
        }

        /**
         * Returns the gradients.
         *
         * @return a gradient of the parameter's shape under the name of each that needs one
         */
        public Map<String, NDArray> gradients() {
            return gradients;
        }

        /**
         * Returns the same with another loss.
         *
         * @param changed the loss that replaces this one's
         * @return a result with the arrays of this
         */
        public Result withLoss(double changed) {
            return new Result(changed, null, gradients);
        }

        /**
         * Hands the gradients over.
         *
         * @param scope their owner from now on
         */
        public void handTo(NDManager scope) {
            gradients.values().forEach(gradient -> gradient.attach(scope));
            if (onDevice != null) {
                onDevice.attach(scope);
            }
        }

        /**
         * Returns the same on another device.
         *
         * @param scope owner of the copies, on the device
         * @return a copy, or this where it is there already
         */
        public Result movedTo(NDManager scope) {
            Device device = scope.getDevice();
            if (gradients.values().stream().allMatch(one -> one.getDevice().equals(device))) {
                return this;
            }
            Map<String, NDArray> moved = new LinkedHashMap<>();
            gradients.forEach((name, gradient) -> moved.put(name, moved(gradient, scope)));
            return new Result(
                    loss,
                    onDevice == null ? null : moved(onDevice, scope),
                    Collections.unmodifiableMap(moved));
        }

        private static NDArray moved(NDArray array, NDManager scope) {
            NDArray copy = array.toDevice(scope.getDevice(), true);
            copy.attach(scope);
            return copy;
        }

        /**
         * Adds what another batch came to.
         *
         * @param other with gradients under the same names; left unchanged
         * @return the sum, in the arrays of this
         */
        public Result plus(Result other) {
            gradients.forEach((name, total) -> total.addi(other.gradients.get(name)));
            if (onDevice == null || other.onDevice == null) {
                return new Result(loss() + other.loss(), null, gradients);
            }
            return new Result(0, onDevice.addi(other.onDevice), gradients);
        }
    }

    /**
     * Runs the forward and backward pass.
     *
     * @param samples in the batch, at least 1
     * @param loss of its microbatches
     * @param scope owner of the gradients
     * @return loss and gradients
     */
    public Result of(int samples, MicrobatchLoss loss, NDManager scope) {
        int microbatches = count(samples);
        if (microbatches == 1) {
            return pass(loss, 0, samples, scope);
        }
        List<CompletableFuture<Result>> passes = new ArrayList<>();
        try {
            for (int microbatch = 0; microbatch < microbatches; microbatch++) {
                int from = start(microbatch, microbatches, samples);
                int to = start(microbatch + 1, microbatches, samples);
                passes.add(onThread(microbatches, () -> pass(loss, from, to, scope)));
            }
            Passes.awaitAll(passes);
            return sum(passes.stream().map(Passes::outcome).toList());
        } finally {
            Passes.awaitAll(passes); // also those before one that no thread could be had for
            // what threads set for themselves is also what the engine gives to threads it meets
            JniUtils.setNumThreads(threads);
        }
    }

    /**
     * Returns how many microbatches a batch is divided into.
     *
     * @param samples in the batch, at least 1
     * @return at least 1
     */
    public int count(int samples) {
        return Math.max(1, Math.min(mostMicrobatches, samples / SMALLEST_MICROBATCH));
    }

    private static int start(int microbatch, int microbatches, int samples) {
        return (int) ((long) microbatch * samples / microbatches);
    }

    /** Has a pass run on its part of the threads, and on the caller's choice of operations. */
    private CompletableFuture<Result> onThread(int microbatches, Supplier<Result> pass) {
        boolean plain = ReferencePath.inUse();
        return CompletableFuture.supplyAsync(
                () -> {
                    JniUtils.setNumThreads(threads / microbatches);
                    return plain ? ReferencePath.run(pass) : pass.get();
                },
                pool);
    }

    private Result pass(MicrobatchLoss loss, int from, int to, NDManager scope) {
        Leaves leaves = new Leaves(parameters, values, scope);
        try (GradientTape tape = recompute ? GradientTape.openRecomputing() : GradientTape.open()) {
            NDArray value = loss.of(leaves, from, to);
            tape.backward(value);
            if (value.getDevice().isGpu()) {
                NDArray kept = JniUtils.detachGradient((PtNDArray) value);
                kept.attach(scope);
                return new Result(0, kept, leaves.gradients());
            }
            return new Result(value.getFloat(), null, leaves.gradients());
        }
    }

    private static Result sum(List<Result> microbatches) {
        Result sum = microbatches.get(0);
        for (Result microbatch : microbatches.subList(1, microbatches.size())) {
            sum = sum.plus(microbatch);
        }
        return sum;
    }

    /** Lets its threads go. */
    @Override
    public void close() {
        pool.shutdown();
    }
}
