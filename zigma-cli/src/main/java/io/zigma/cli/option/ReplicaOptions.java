package io.zigma.cli.option;

import ai.djl.Device;
import io.zigma.engine.EngineStart;
import io.zigma.train.Training;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.cli.Option;

/**
 * Among how many copies of the model training divides a batch, and where they are.
 *
 * @param gpus the number of each GPU; none for the processor
 * @param processor how many replicas there are on the processor, 1 if there are GPUs
 */
public record ReplicaOptions(List<Integer> gpus, int processor) {

    public static final Option DEVICES =
            Flags.value(
                    null,
                    "devices",
                    "A,B,...",
                    "train on several GPUs of this machine, such as gpu0,gpu1: each computes its part"
                            + " of every batch");
    public static final Option REPLICAS =
            Flags.value(
                    null,
                    "replicas",
                    "N",
                    "the same on the processor, where it is no faster: divide every batch among N"
                            + " copies of the model; default 1");

    private static final Pattern GPU = Pattern.compile("gpu:?(\\d{1,2})");
    private static final int MOST = 64;

    /** Copies the list. */
    public ReplicaOptions {
        gpus = List.copyOf(gpus);
    }

    /**
     * Reads the options; the engine is not loaded by this.
     *
     * @param arguments the command's
     * @return one replica where nothing was given
     * @throws UsageException if they name no GPUs, one twice, or do not go together
     */
    public static ReplicaOptions of(Arguments arguments) {
        int processor = arguments.integer(REPLICAS, 1, MOST, 1);
        Optional<String> given = arguments.text(DEVICES);
        if (given.isEmpty()) {
            if (processor > 1 && ComputeOptions.of(arguments).gpu() >= 0) {
                throw new UsageException(
                        "--replicas divides batches on the processor; for GPUs give --devices gpu0,gpu1");
            }
            return new ReplicaOptions(List.of(), processor);
        }
        for (Option other : List.of(ComputeOptions.DEVICE, REPLICAS)) {
            if (arguments.has(other)) {
                throw new UsageException(
                        "--devices says where all replicas are; leave out "
                                + Arguments.spelling(other));
            }
        }
        List<Integer> gpus = new ArrayList<>();
        for (String name : given.get().split(",", -1)) {
            Matcher matcher = GPU.matcher(name.strip());
            if (!matcher.matches()) {
                throw new UsageException(
                        "--devices '%s' names no GPUs; write gpu0,gpu1".formatted(given.get()));
            }
            int gpu = Integer.parseInt(matcher.group(1));
            if (gpus.contains(gpu)) {
                throw new UsageException("--devices names gpu%s twice".formatted(gpu));
            }
            gpus.add(gpu);
        }
        return new ReplicaOptions(gpus, 1);
    }

    /**
     * Returns where the model itself is, beside which copies are made.
     *
     * @param compute what the other options say
     * @return the same on the first GPU that was named, if one was
     */
    public ComputeOptions first(ComputeOptions compute) {
        return gpus.isEmpty() ? compute : compute.withGpu(gpus.get(0));
    }

    /**
     * Refuses more replicas than a batch has pictures, before a run is begun.
     *
     * @param batchSize pictures of a batch; nothing if a run says so
     * @throws UsageException if the batch is too small
     */
    public void requireFit(OptionalInt batchSize) {
        int replicas = Math.max(gpus.size(), processor);
        if (batchSize.isPresent() && batchSize.getAsInt() < replicas) {
            throw new UsageException(
                    "%s: a batch of %s cannot be divided among %s replicas; use fewer, or larger batches"
                            .formatted(
                                    Arguments.spelling(gpus.isEmpty() ? REPLICAS : DEVICES),
                                    batchSize.getAsInt(),
                                    replicas));
        }
    }

    /**
     * Refuses GPUs that are not there.
     *
     * @throws IOException if one cannot be used
     */
    public void requireThere() throws IOException {
        for (int gpu : gpus) {
            Gpus.require(EngineStart.engine(), gpu);
        }
    }

    /**
     * Has a run divide its batches.
     *
     * @param training before it runs
     * @throws UsageException if a batch is too small
     */
    public void divide(Training training) {
        List<Device> others =
                gpus.isEmpty()
                        ? Collections.nCopies(processor - 1, Device.cpu())
                        : gpus.stream().skip(1).map(Device::gpu).toList();
        try {
            training.replicateOn(others);
        } catch (IllegalArgumentException e) {
            throw new UsageException(
                    "%s: %s"
                            .formatted(
                                    Arguments.spelling(gpus.isEmpty() ? REPLICAS : DEVICES),
                                    e.getMessage()));
        }
    }
}
