package io.zigma.eval.feature;

import io.zigma.eval.metric.FeatureMatrix;

/**
 * What a classifier computes of some pictures.
 *
 * @param features (B, dimension), what distances are computed from
 * @param logits (B, classes), the scores before a softmax; the largest is the class that is seen
 */
public record ClassifierOutput(FeatureMatrix features, FeatureMatrix logits) {

    /**
     * Checks the two.
     *
     * @throws IllegalArgumentException if they are not of as many pictures
     */
    public ClassifierOutput {
        if (features.rows() != logits.rows()) {
            throw new IllegalArgumentException(
                    "features of %s pictures with logits of %s"
                            .formatted(features.rows(), logits.rows()));
        }
    }
}
