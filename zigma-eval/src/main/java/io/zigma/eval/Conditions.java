package io.zigma.eval;

import io.zigma.io.Software;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What figures depend on beside the model: they compare only where all of this is the same.
 *
 * @param facts by name, in the order they are told
 */
public record Conditions(Map<String, Object> facts) {

    /** Keeps its own map. */
    public Conditions {
        facts = new LinkedHashMap<>(facts);
    }

    /**
     * Gathers them.
     *
     * @param judges who looked
     * @param evaluation what was compared with
     * @param reference what the reference is, in words
     * @param samples how many samples of each seed were compared
     * @param more what else the figures depend on, by name
     * @return judges, reference, settings of the metrics, and this software
     */
    public static Conditions of(
            Judges judges,
            Evaluation evaluation,
            String reference,
            int samples,
            Map<String, Object> more) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("features", judges.extractor().name());
        facts.put("features_sha256", judges.extractor().sha256());
        facts.put("feature_dimension", judges.extractor().dimension());
        judges.classifier()
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
                            facts.put("kernel_subsets", Evaluation.SUBSETS);
                            facts.put(
                                    "kernel_subset_size",
                                    Math.min(
                                            Evaluation.SUBSET_SIZE,
                                            Math.min(samples, real.reference().count())));
                            facts.put("neighbours", Evaluation.NEIGHBOURS);
                        });
        facts.putAll(more);
        facts.put("zigma", Software.version());
        Software.revision().ifPresent(revision -> facts.put("git_revision", revision));
        return new Conditions(facts);
    }
}
