package io.zigma.train.loop;

import ai.djl.ndarray.NDArray;
import io.zigma.train.config.Cadence;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.optim.BatchGradients.Result;
import io.zigma.train.optim.JoinedValues;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The processes that take the steps of one run together. Either they add up the gradients of every
 * step, which then is that of one process with the whole batch, up to the rounding of the sums; or
 * each takes steps on its part alone, and every so many steps they take the mean of their weights,
 * averages and moments (local SGD, Stich 2019), which is another algorithm.
 */
final class Peers {

    /** One process. */
    static final Peers NONE = new Peers(null, 1, Long.MAX_VALUE);

    private final @Nullable GradientExchange exchange;
    private final int every;
    private final long steps;
    private boolean ending;

    private Peers(@Nullable GradientExchange exchange, int every, long steps) {
        this.exchange = exchange;
        this.every = every;
        this.steps = steps;
    }

    /**
     * Connects this process with others.
     *
     * @param exchange the connection
     * @param every steps between means of the weights; 1 adds up gradients
     * @param config the run's settings
     * @param copies of the model in each process
     * @throws IllegalArgumentException if they cannot train so together; the message says what to
     *     change
     */
    static Peers of(GradientExchange exchange, int every, TrainingConfig config, int copies) {
        if (every < 1) {
            throw new IllegalArgumentException(
                    "weights are averaged every step or every few, not every " + every);
        }
        if (config.batchSize() < (long) exchange.parts() * copies) {
            throw new IllegalArgumentException(
                    "a batch of %s cannot be divided among %s machines with %s each; use fewer, or larger batches"
                            .formatted(
                                    config.batchSize(),
                                    exchange.parts(),
                                    copies == 1 ? "a model" : copies + " models"));
        }
        if (config.objective().times().over(config.objective().process()).learns()) {
            throw new IllegalArgumentException(
                    "training times that learn from the losses need all of them in one process; choose others (--times)");
        }
        Cadence cadence = config.cadence();
        for (int due : new int[] {cadence.saveEvery(), cadence.sampleEvery()}) {
            if (due % every != 0) {
                throw new IllegalArgumentException(
                        "weights are averaged every %s steps, so that nothing can be written every %s; make it a multiple"
                                .formatted(every, due));
            }
        }
        if (!config.optimization().powerEma().isEmpty() && cadence.snapshotEvery() % every != 0) {
            throw new IllegalArgumentException(
                    "weights are averaged every %s steps, so that there can be no snapshot every %s; make it a multiple"
                            .formatted(every, cadence.snapshotEvery()));
        }
        return new Peers(exchange, every, config.steps());
    }

    /** Returns whether there is one process. */
    boolean alone() {
        return exchange == null;
    }

    /** Returns where this process's part of a batch begins. */
    int from(int images) {
        return exchange == null ? 0 : start(exchange.part(), exchange.parts(), images);
    }

    /** Returns where this process's part of a batch ends. */
    int to(int images) {
        return exchange == null ? images : start(exchange.part() + 1, exchange.parts(), images);
    }

    /** Returns how many images of a batch this process computes, at least 1. */
    int size(int images) {
        return Math.max(1, to(images) - from(images));
    }

    private static int start(int part, int parts, int images) {
        return (int) (((long) part * images + parts - 1) / parts);
    }

    /**
     * Makes of this process's part of a step what the weights follow.
     *
     * @param own what the part contributes to the step
     * @param images of a batch
     * @param stopping whether this process is asked to stop
     * @return the step of all processes, or what the step would be if this part were all of it
     */
    Result step(Result own, int images, boolean stopping) throws IOException {
        if (exchange == null) {
            return own;
        }
        List<NDArray> gradients = List.copyOf(own.gradients().values());
        if (every > 1) {
            float scale = (float) images / size(images);
            gradients.forEach(gradient -> gradient.muli(scale));
            return own.withLoss(own.loss() * scale);
        }
        double[] figures = {own.loss(), stopping ? 1 : 0};
        float[] values = JoinedValues.read(gradients);
        exchange.sum(values, figures);
        JoinedValues.write(values, gradients);
        ending = figures[1] > 0;
        return own.withLoss(figures[0]);
    }

    /**
     * Takes the mean of what all processes have, if it is time for that.
     *
     * @param step steps taken
     * @param state everything that a step changes
     * @param stopping whether this process is asked to stop
     */
    void average(long step, List<Map<String, NDArray>> state, boolean stopping) throws IOException {
        if (exchange == null || every == 1 || (step % every != 0 && step != steps)) {
            return;
        }
        List<NDArray> arrays = new ArrayList<>();
        state.forEach(named -> arrays.addAll(named.values()));
        float[] values = JoinedValues.read(arrays);
        double[] figures = {stopping ? 1 : 0};
        exchange.sum(values, figures);
        for (int i = 0; i < values.length; i++) {
            values[i] /= exchange.parts();
        }
        JoinedValues.write(values, arrays);
        ending = figures[0] > 0;
    }

    /** Returns whether all processes stop now, as one of them was asked to. */
    boolean ending(boolean stopping) {
        return exchange == null ? stopping : ending;
    }
}
