package io.zigma.emoji;

import org.jspecify.annotations.Nullable;

/**
 * Which pairs never occur in the training pictures: one in ten of thing and colour, one in ten of
 * thing and style; and in clips, one in ten of thing and motion. It follows from the names alone
 * and is the same for every seed and size.
 */
final class HeldOut {

    private static final double SHARE = 0.1;

    private HeldOut() {}

    /** Returns whether a thing is never seen in a colour. */
    static boolean pair(Thing thing, @Nullable Colour colour) {
        return colour != null
                && Seeds.uniform("colour/" + thing.name() + "/" + colour.word()) < SHARE;
    }

    /** Returns whether a thing is never seen in a style; of all styles of a thing, at most one. */
    static boolean pair(Thing thing, Style style) {
        int styles = Style.values().length;
        // one number decides whether there is such a style and which it is
        double place = Seeds.uniform("style/" + thing.name()) / (SHARE * styles);
        return place < 1 && (int) (place * styles) == style.ordinal();
    }

    /** Returns whether a thing is never seen to move so. */
    static boolean pair(Thing thing, Motion motion) {
        return Seeds.uniform("motion/" + thing.name() + "/" + motion.word()) < SHARE;
    }

    /** Returns whether a thing is never seen as the emoji's own makers animated it. */
    static boolean animated(Thing thing) {
        return Seeds.uniform("motion/" + thing.name() + "/" + AnimatedCombination.WORD) < SHARE;
    }

    /** Returns whether training never sees a combination because of one of its pairs. */
    static boolean is(Combination combination) {
        return pair(combination.thing(), combination.colour())
                || pair(combination.thing(), combination.style());
    }
}
