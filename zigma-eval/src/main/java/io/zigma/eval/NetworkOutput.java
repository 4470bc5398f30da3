package io.zigma.eval;

import io.zigma.eval.metric.FeatureMatrix;
import java.util.Optional;

/**
 * What a network computes of some pictures.
 *
 * @param features (N, D)
 * @param logits (N, classes) of a classifier
 */
record NetworkOutput(FeatureMatrix features, Optional<FeatureMatrix> logits) {}
