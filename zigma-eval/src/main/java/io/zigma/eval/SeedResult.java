package io.zigma.eval;

import io.zigma.eval.metric.ClassAgreement;
import io.zigma.eval.metric.Memorisation;
import io.zigma.eval.metric.Quantity;
import java.util.Map;
import java.util.Optional;

/**
 * The figures of one set of samples.
 *
 * @param seed the sampling seed; 0 for pictures that were there already
 * @param figures those that could be computed, in the order they are shown in
 * @param samples the pictures
 * @param agreement how often which class was seen, by the classifier's class numbers
 * @param memorisation each sample's nearest training picture, by distance of levels
 */
public record SeedResult(
        long seed,
        Map<Quantity, Double> figures,
        Samples samples,
        Optional<ClassAgreement> agreement,
        Optional<Memorisation> memorisation) {}
