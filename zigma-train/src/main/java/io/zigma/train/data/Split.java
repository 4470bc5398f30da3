package io.zigma.train.data;

/** The part of a data set that comes divided by its makers. */
public enum Split {
    /** To train on; files called {@code train-…} in MNIST's layout. */
    TRAIN("train"),
    /** To measure with; files called {@code t10k-…} in MNIST's layout. */
    TEST("t10k");

    private final String prefix;

    Split(String prefix) {
        this.prefix = prefix;
    }

    /** Returns how MNIST's file names of this part begin. */
    String prefix() {
        return prefix;
    }
}
