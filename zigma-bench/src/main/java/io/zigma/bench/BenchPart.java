package io.zigma.bench;

import io.zigma.backbone.BackboneSpec;
import io.zigma.base.Spelling;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What can be measured on its own. */
public enum BenchPart {
    /** The selective scan of the layers' Mamba mixer, forward and backward. */
    SCAN(BenchPart::hasMamba, "layers with a Mamba mixer, which %s has not"),
    /** The causal convolution of the layers' Mamba mixer, forward and backward. */
    CONVOLUTION(BenchPart::hasMamba, "layers with a Mamba mixer, which %s has not"),
    /** The model's forward pass. */
    FORWARD(model -> true, ""),
    /** The optimiser. */
    OPTIMIZER(model -> true, ""),
    /** A training step without the optimiser. */
    TRAINING(model -> true, ""),
    /** One layer with a Mamba mixer and one of DiT over the number of tokens. */
    SCALING(BenchPart::hasMamba, "layers with a Mamba mixer, which %s has not"),
    /** Small models of the architecture that differ in one part, such as the mixer. */
    COMPARISON(
            model -> !model.kind().comparison().isEmpty(),
            "models of equally many parameters, of which %s has none");

    private final Predicate<BackboneSpec> fits;
    private final String needed;

    BenchPart(Predicate<BackboneSpec> fits, String needed) {
        this.fits = fits;
        this.needed = needed;
    }

    private static boolean hasMamba(BackboneSpec model) {
        return model.mamba().isPresent();
    }

    /**
     * Returns what can be measured of a model.
     *
     * @param model any model
     * @return all parts but those that the model has nothing for
     */
    public static Set<BenchPart> of(BackboneSpec model) {
        return Arrays.stream(values())
                .filter(part -> part.fits.test(model))
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(BenchPart.class)));
    }

    /** Says why the part cannot be measured of a model of an architecture. */
    String refusal(String kind) {
        return "%s is of %s; leave it out".formatted(Spelling.of(this), needed.replace("%s", kind));
    }
}
