package io.zigma.eval.metric;

import java.util.Optional;

/**
 * What metrics are computed from: pictures as networks see them, and the real ones beside them.
 *
 * @param features of the pictures, (N, D)
 * @param reference mean and covariance of what they are compared with, of D features
 * @param real features of the reference pictures, (M, D); empty where only their statistics are
 *     known
 * @param logits of a classifier, (N, classes); of other pictures than the features where the
 *     figures of real pictures are computed
 * @param agreement which classes the classifier saw where which were asked for
 * @param memorisation how near the pictures are to training pictures
 * @param work who compares large sets
 */
public record Compared(
        FeatureMatrix features,
        FeatureStatistics reference,
        Optional<FeatureMatrix> real,
        Optional<FeatureMatrix> logits,
        Optional<ClassAgreement> agreement,
        Optional<Memorisation> memorisation,
        PairWork work) {}
