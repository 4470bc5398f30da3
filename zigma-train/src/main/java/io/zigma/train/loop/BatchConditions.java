package io.zigma.train.loop;

import ai.djl.ndarray.NDManager;
import io.zigma.condition.Condition;
import io.zigma.condition.Conditioning;
import io.zigma.train.data.Batch;
import java.util.Arrays;
import java.util.List;

/**
 * What a model is given beside the noisy images of a batch: the training side of a conditioning.
 */
public interface BatchConditions {

    /**
     * Makes the condition of some images of a batch; called by several threads at once.
     *
     * @param manager owner of the result
     * @param batch labels or captions
     * @param from place of the first image in the batch
     * @param to place behind the last one's
     * @param dropped for each of these images whether the null condition takes the place of its own
     * @return the condition (to − from, …)
     */
    Condition of(NDManager manager, Batch batch, int from, int to, boolean[] dropped);

    /**
     * Returns the captions of a batch that takes as much memory as any.
     *
     * @param images how many there are in it
     * @return as many texts, or none where conditions are no texts
     */
    List<String> largest(int images);

    /**
     * Makes the conditions of a model that is conditioned on classes or nothing.
     *
     * @param conditioning what the model understands
     * @return conditions out of the batches' labels
     */
    static BatchConditions ofLabels(Conditioning conditioning) {
        return new BatchConditions() {
            @Override
            public Condition of(
                    NDManager manager, Batch batch, int from, int to, boolean[] dropped) {
                int[] labels = Arrays.copyOfRange(batch.labels(), from, to); // (b)
                return conditioning.ofLabels(manager, labels, dropped);
            }

            @Override
            public List<String> largest(int images) {
                return List.of();
            }
        };
    }
}
