package io.zigma.backbone.adm;

import io.zigma.base.Named;

/** How the classifier turns pictures into one row of logits (official {@code pool}). */
public enum Pool implements Named {
    /** The mean of all pixels, and a linear layer that begins at zero. */
    ADAPTIVE("adaptive"),
    /** A token that is the mean of all pixels attends to them (CLIP's; the published choice). */
    ATTENTION("attention"),
    /** The means at every resolution, and two linear layers with ReLU between. */
    SPATIAL("spatial"),
    /** The same with a group norm and SiLU between. */
    SPATIAL_V2("spatial_v2");

    private final String label;

    Pool(String label) {
        this.label = label;
    }

    @Override
    public String label() {
        return label;
    }

    /** Whether it reads the pictures of every resolution, or the last alone. */
    boolean readsAll() {
        return this == SPATIAL || this == SPATIAL_V2;
    }
}
