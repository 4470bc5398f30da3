package io.zigma.emoji;

/**
 * What a clip shows.
 *
 * @param still the thing, its style and colours
 * @param motion how it moves
 */
record MovingCombination(Combination still, Motion motion) {

    /** Returns whether training never sees the thing move so. */
    boolean heldOut() {
        return HeldOut.pair(still.thing(), motion);
    }

    /** Returns the pair that is seen in training or not. */
    String pair() {
        return still.thing().name() + "/motion/" + motion.word();
    }
}
