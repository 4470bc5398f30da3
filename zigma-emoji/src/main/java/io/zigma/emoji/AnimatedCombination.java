package io.zigma.emoji;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a clip of an animated emoji shows.
 *
 * @param animation what moves
 * @param background its background; null for white
 */
record AnimatedCombination(Animation animation, @Nullable Colour background) {

    /** The attribute {@code motion} of all of them, and the word in their captions. */
    static final String WORD = "animated";

    /** Microsoft's own animations are of Fluent Emoji. */
    static final Style STYLE = Style.FLUENT;

    /** Returns the thing as a still combination, for what both kinds of clips have. */
    Combination still() {
        return new Combination(animation.source().thing(), STYLE, null, background);
    }

    /** Returns red, green and blue behind the emoji. */
    int behind() {
        return Optional.ofNullable(background).map(Colour::background).orElse(0xffffff);
    }
}
