package io.zigma.interpolant;

/** The interpolants that can be named in a configuration. */
public enum InterpolantKind implements Named {
    /** Straight lines, {@link Linear}. */
    LINEAR("linear", new Linear()),
    /** Generalised variance preserving, {@link Trigonometric}. */
    GVP("gvp", new Trigonometric()),
    /**
     * Variance preserving with the linear β schedule of score models, {@link VariancePreserving}.
     */
    VP("vp", new VariancePreserving());

    private final String label;
    private final Interpolant interpolant;

    InterpolantKind(String label, Interpolant interpolant) {
        this.label = label;
        this.interpolant = interpolant;
    }

    @Override
    public String label() {
        return label;
    }

    /**
     * Returns the path of this kind.
     *
     * @return a path without state, shared by all who ask
     */
    public Interpolant interpolant() {
        return interpolant;
    }

    /**
     * Finds the kind that a user named.
     *
     * @param name {@code linear}, {@code gvp} or {@code vp}, in any case
     * @return the kind
     * @throws IllegalArgumentException if there is none of that name; the message lists all
     */
    public static InterpolantKind parse(String name) {
        return Named.parse("path", name, values());
    }
}
