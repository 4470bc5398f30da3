package io.zigma.eval;

import io.zigma.eval.metric.ClassAgreement;
import io.zigma.eval.metric.Memorisation;
import java.util.Map;
import java.util.Optional;

/**
 * What became of one sampling seed.
 *
 * @param seed the sampling seed
 * @param figures those that could be told
 * @param samples the pictures
 * @param agreement how often which class was seen, by the classifier's class numbers
 * @param memorisation each sample's nearest training picture, by distance of levels
 */
public record SeedResult(
        long seed,
        Map<Metric, Double> figures,
        Samples samples,
        Optional<ClassAgreement> agreement,
        Optional<Memorisation> memorisation) {}
