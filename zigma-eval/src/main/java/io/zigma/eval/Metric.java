package io.zigma.eval;

import java.util.Locale;

/** The figures of an evaluation, in the order they are told. */
public enum Metric {
    /** Fréchet distance of the features (Heusel et al. 2017), at least 0. */
    FRECHET_DISTANCE("Fréchet distance", Better.LOWER, 3),
    /** Kernel distance of the features (Bińkowski et al. 2018), mean over subsets. */
    KERNEL_DISTANCE("kernel distance", Better.LOWER, 5),
    /** Standard deviation of the kernel distance over the subsets. */
    KERNEL_DISTANCE_SPREAD("kernel distance, spread over subsets", Better.LOWER, 5),
    /** Share of samples that lie where real pictures do, 0 to 1. */
    PRECISION("precision", Better.HIGHER, 4),
    /** Share of real pictures that lie where samples do, 0 to 1. */
    RECALL("recall", Better.HIGHER, 4),
    /** How densely real pictures lie around a sample, about 1 for real ones. */
    DENSITY("density", Better.HIGHER, 4),
    /** Share of real pictures that have a sample near, 0 to 1. */
    COVERAGE("coverage", Better.HIGHER, 4),
    /** The Inception Score's formula with the classifier's probabilities, 1 to the classes. */
    INCEPTION_SCORE("Inception Score's formula", Better.HIGHER, 3),
    /** Share of samples in which the classifier sees the class that was asked for, 0 to 1. */
    CLASS_AGREEMENT("class agreement", Better.HIGHER, 4),
    /**
     * Share of samples closer to a training picture than all but 1 % of the reference pictures are;
     * about 0.01 for pictures that are as new as those.
     */
    MEMORISED("memorised", Better.LOWER, 4),
    /** Share of samples closer to a training picture than any reference picture, or copies. */
    CLOSER_THAN_ANY("closer to training than any reference", Better.LOWER, 4),
    /** Bits per dimension that the model needs for reference pictures; no sample has part in it. */
    BITS_PER_DIMENSION("bits per dimension", Better.LOWER, 3);

    private final String title;
    private final Better better;
    private final int digits;

    Metric(String title, Better better, int digits) {
        this.title = title;
        this.better = better;
        this.digits = digits;
    }

    /** Which way a figure improves. */
    public enum Better {
        /** Less is better. */
        LOWER,
        /** More is better. */
        HIGHER
    }

    /** Returns its name in JSON. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns its name for people. */
    public String title() {
        return title;
    }

    /** Returns which way it improves. */
    public Better better() {
        return better;
    }

    /**
     * Returns a figure as people read it.
     *
     * @param value the figure
     * @return with as many digits as mean something
     */
    public String text(double value) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }
}
