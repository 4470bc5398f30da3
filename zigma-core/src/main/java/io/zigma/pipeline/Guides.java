package io.zigma.pipeline;

import io.zigma.diffusion.GuidanceStrength;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What guides a model other than itself with the null condition.
 *
 * @param weaker the model that guidance turns away from; null for the model itself with the null
 *     condition
 * @param classifier what each step moves towards besides; null for none
 */
record Guides(@Nullable ImageGenerator weaker, @Nullable ClassifierGuide classifier) {

    /** The model guides itself. */
    static final Guides NONE = new Guides(null, null);

    /** Returns the same with another model to turn away from. */
    Guides with(ImageGenerator chosen) {
        return new Guides(chosen, classifier);
    }

    /** Returns the same with another classifier. */
    Guides with(ClassifierGuide chosen) {
        return new Guides(weaker, chosen);
    }

    /** Returns whether guidance of that strength needs the model's null condition. */
    boolean needNullCondition(GuidanceStrength strength) {
        return weaker == null && strength.guides();
    }

    /** Returns what a recipe says of those that work at that strength. */
    Map<String, String> facts(GuidanceStrength strength) {
        Map<String, String> facts = new LinkedHashMap<>();
        if (weaker != null && strength.guides()) {
            facts.put("guide", weaker.model().name());
            facts.put(RecipeFields.GUIDE, weaker.model().weightsHash());
        }
        if (classifier != null) {
            facts.putAll(classifier.facts());
        }
        return facts;
    }

    /** Frees them. */
    void close() {
        if (weaker != null) {
            weaker.close();
        }
        if (classifier != null) {
            classifier.classifier().close();
        }
    }
}
