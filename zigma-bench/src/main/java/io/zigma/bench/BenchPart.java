package io.zigma.bench;

import io.zigma.backbone.BackboneSpec;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/** What can be measured on its own. */
public enum BenchPart {
    /** The selective scan of the layers' Mamba mixer, forward and backward. */
    SCAN(true),
    /** The causal convolution of the layers' Mamba mixer, forward and backward. */
    CONVOLUTION(true),
    /** The model's forward pass. */
    FORWARD(false),
    /** The optimiser. */
    OPTIMIZER(false),
    /** A training step without the optimiser. */
    TRAINING(false),
    /** One layer with a Mamba mixer and one of DiT over the number of tokens. */
    SCALING(true);

    private final boolean needsMamba;

    BenchPart(boolean needsMamba) {
        this.needsMamba = needsMamba;
    }

    /**
     * Returns what can be measured of a model.
     *
     * @param model any model
     * @return all parts, or those that need no Mamba mixer where its layers have none
     */
    public static Set<BenchPart> of(BackboneSpec model) {
        return Arrays.stream(values())
                .filter(part -> !part.needsMamba || model.mamba().isPresent())
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(BenchPart.class)));
    }
}
