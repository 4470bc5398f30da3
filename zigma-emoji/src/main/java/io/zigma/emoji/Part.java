package io.zigma.emoji;

import java.util.Locale;

/** The parts that a set of emoji is divided into, each a folder. */
enum Part {
    /** To train on; without what is held out. */
    TRAIN,
    /** To measure with: combinations that training has, and held-out ones. */
    TEST,
    /** All combinations, to train a classifier on. */
    CLASSIFIER;

    /** Returns the folder's name. */
    String folder() {
        return name().toLowerCase(Locale.ROOT);
    }
}
