package io.zigma.eval;

import io.zigma.eval.feature.Classifier;
import io.zigma.eval.feature.FeatureExtractor;
import java.util.Optional;

/**
 * The networks that pictures are compared and classified with.
 *
 * @param extractor whose features distances are computed from
 * @param classifier classifies pictures; may be the extractor itself
 */
public record FeatureNetworks(FeatureExtractor extractor, Optional<Classifier> classifier)
        implements AutoCloseable {

    /**
     * Uses a classifier for both.
     *
     * @param classifier features and classes
     * @return both
     */
    public static FeatureNetworks of(Classifier classifier) {
        return new FeatureNetworks(classifier, Optional.of(classifier));
    }

    /** Frees their weights. */
    @Override
    public void close() {
        classifier.filter(network -> network != extractor).ifPresent(Classifier::close);
        extractor.close();
    }
}
