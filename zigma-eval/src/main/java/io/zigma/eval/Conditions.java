package io.zigma.eval;

import io.zigma.io.Software;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What figures depend on beside the model: they compare only where all of this is the same.
 *
 * @param facts by name, in the order they are shown in
 */
public record Conditions(Map<String, Object> facts) {

    /** Copies the map. */
    public Conditions {
        facts = new LinkedHashMap<>(facts);
    }

    /**
     * Gathers them.
     *
     * @param networks whose features were compared, and the classifier
     * @param evaluation after it computed all figures
     * @param reference what the reference is, in words
     * @param more what else the figures depend on, by name
     * @return networks, reference, settings of the metrics, and this software
     */
    public static Conditions of(
            FeatureNetworks networks,
            Evaluation evaluation,
            String reference,
            Map<String, Object> more) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("features", networks.extractor().name());
        facts.put("features_sha256", networks.extractor().sha256());
        facts.put("feature_dimension", networks.extractor().dimension());
        networks.classifier()
                .ifPresent(
                        classifier -> {
                            facts.put("classifier", classifier.name());
                            facts.put("classifier_sha256", classifier.sha256());
                        });
        facts.put("reference", reference);
        evaluation
                .real()
                .ifPresent(
                        real -> {
                            facts.put("reference_images", real.reference().count());
                            facts.put("reference_sha256", real.reference().hash());
                            facts.put("training_images", real.training().count());
                            facts.put("training_sha256", real.training().hash());
                        });
        facts.putAll(evaluation.settings());
        facts.putAll(more);
        facts.put("zigma", Software.version());
        Software.revision().ifPresent(revision -> facts.put("git_revision", revision));
        return new Conditions(facts);
    }
}
