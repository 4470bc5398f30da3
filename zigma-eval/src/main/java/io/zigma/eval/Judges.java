package io.zigma.eval;

import io.zigma.eval.feature.Classifier;
import io.zigma.eval.feature.FeatureExtractor;
import java.util.Optional;

/**
 * The networks that look at pictures.
 *
 * @param extractor whose features distances are computed from
 * @param classifier who says what is on a picture; may be the extractor itself
 */
public record Judges(FeatureExtractor extractor, Optional<Classifier> classifier)
        implements AutoCloseable {

    /**
     * Uses a classifier for both.
     *
     * @param classifier features and classes
     * @return the judges
     */
    public static Judges of(Classifier classifier) {
        return new Judges(classifier, Optional.of(classifier));
    }

    /** Frees their weights. */
    @Override
    public void close() {
        classifier.filter(judge -> judge != extractor).ifPresent(Classifier::close);
        extractor.close();
    }
}
