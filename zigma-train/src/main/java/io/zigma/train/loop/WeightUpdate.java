package io.zigma.train.loop;

import ai.djl.ndarray.NDArray;
import io.zigma.train.optim.BatchGradients.Result;
import io.zigma.train.optim.Optimizer;
import java.util.Map;

/** What a step does with its gradients: clip, optimiser, averages of the weights. */
interface WeightUpdate extends AutoCloseable {

    /**
     * What is reported of a step.
     *
     * @param loss the mean over its images
     * @param norm of its gradients, before they were clipped
     */
    record Figures(double loss, double norm) {

        /** Returns whether training can go on. */
        boolean areFinite() {
            return Double.isFinite(loss) && Double.isFinite(norm);
        }
    }

    /**
     * Moves weights and averages by a step.
     *
     * @param mean loss and gradients of the step, which may be changed
     * @param rate learning rate of the step
     * @param step steps taken, this one included
     * @return what the step came to; where that is not finite, weights may be destroyed
     */
    Figures apply(Result mean, double rate, long step);

    /** Returns the optimiser, to save and restore what it remembers. */
    Optimizer optimizer();

    /** Returns how many updates of the EMA were made. */
    long emaUpdates();

    /**
     * Takes up the EMA where a checkpoint left off.
     *
     * @param updates that led to the averages
     * @param averages all EMA weights by name; copied
     */
    void restoreEma(long updates, Map<String, NDArray> averages);

    /** Returns the averages with power profiles: live arrays under the names of PowerEma. */
    Map<String, NDArray> powerAverages();

    /** Takes up what {@link #powerAverages} returned when a checkpoint was written. */
    void restorePowerAverages(Map<String, NDArray> averages);

    /** Frees what it remembers. */
    @Override
    void close();
}
