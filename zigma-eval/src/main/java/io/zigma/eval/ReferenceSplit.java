package io.zigma.eval;

/** Which real pictures samples are compared with. */
public enum ReferenceSplit {
    /** The test pictures: for the figures that are reported. */
    TEST,

    /**
     * A sixth of the training pictures, at most 10,000, chosen once at random: for choosing
     * settings such as the guidance scale, so that the test pictures are never tuned to.
     */
    HOLDOUT
}
