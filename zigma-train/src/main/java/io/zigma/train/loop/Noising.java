package io.zigma.train.loop;

import ai.djl.ndarray.NDManager;
import io.zigma.condition.Condition;
import io.zigma.diffusion.Noised;
import io.zigma.train.data.Batch;

/** Turns images into what a step trains on: noise and times are sampled, labels dropped. */
@FunctionalInterface
interface Noising {

    /**
     * What the model sees and what it should say.
     *
     * @param x noisy samples (b, …) and what the loss needs to know of them
     * @param weights of the samples' losses, b of them
     * @param condition of each sample (b, …)
     */
    @SuppressWarnings("ArrayRecordComponent") // a batch is never compared with another
    record NoisedBatch(Noised x, float[] weights, Condition condition) {}

    /**
     * Noises some images of a batch; called by several threads at once.
     *
     * @param position the batch's step, and its position in the step
     * @param batch images and labels
     * @param from index of the first image in the batch
     * @param to index after the last one
     * @param manager owner of the result
     */
    NoisedBatch of(Position position, Batch batch, int from, int to, NDManager manager);

    /**
     * Where a batch belongs.
     *
     * @param step steps taken before its own
     * @param first position of its first image in the step, from 0
     */
    record Position(long step, int first) {}
}
