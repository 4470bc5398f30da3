package io.zigma.diffusion;

import io.zigma.base.Named;

/** The interpolants that can be named in a configuration. */
public enum InterpolantKind implements Named {
    /** Straight lines, {@link Linear}. */
    LINEAR("linear"),
    /** Generalised variance preserving, {@link Trigonometric}. */
    GVP("gvp"),
    /**
     * Variance preserving with the linear β schedule of score models, {@link VariancePreserving}.
     */
    VP("vp"),
    /** Variance preserving with α a cosine, {@link CosineVariancePreserving}. */
    COSINE("cosine");

    private final String label;

    InterpolantKind(String label) {
        this.label = label;
    }

    @Override
    public String label() {
        return label;
    }

    /**
     * Returns the path of this kind.
     *
     * @return the path, equal to every other of its kind
     */
    public Interpolant interpolant() {
        return switch (this) {
            case LINEAR -> new Linear();
            case GVP -> new Trigonometric();
            case VP -> new VariancePreserving();
            case COSINE -> new CosineVariancePreserving();
        };
    }

    /**
     * Finds the kind that a user named.
     *
     * @param name {@code linear}, {@code gvp}, {@code vp} or {@code cosine}, in any case
     * @return the kind
     * @throws IllegalArgumentException if there is none of that name; the message lists all
     */
    public static InterpolantKind parse(String name) {
        return Named.parse("path", name, values());
    }
}
