package io.zigma.eval;

import ai.djl.Device;
import io.zigma.eval.feature.FeatureExtractor;
import io.zigma.eval.metric.PairWork;

/** Who does the work of an evaluation that grows with the number of pictures. */
public interface EvaluationWork extends PairWork {

    /** Does everything here. */
    EvaluationWork HERE = new LocalWork();

    /**
     * Computes what a network says of pictures.
     *
     * @param network an extractor, or a classifier for logits too
     * @param pictures at least one
     * @param device where pictures are put for a network of this process
     * @param listener receives progress
     * @return as many rows
     * @throws IllegalArgumentException if the network does not take such pictures
     */
    NetworkOutput output(
            FeatureExtractor network,
            Pictures pictures,
            Device device,
            FeatureCache.Listener listener);

    /**
     * Finds each picture's nearest among many, as {@link NearestPictures#of}.
     *
     * @param queries (Q, …)
     * @param points (P, …) of the same size, at least one
     * @return the nearest of each, of equally near ones the first
     */
    NearestPictures.Found nearest(Pictures queries, Pictures points);
}
