package io.zigma.emoji;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a picture shows, and what its captions say.
 *
 * @param thing what is drawn
 * @param style in which style
 * @param colour what its main colour is moved to; null for its own
 * @param background its background; null for white
 */
public record Combination(
        Thing thing, Style style, @Nullable Colour colour, @Nullable Colour background) {

    /** The attribute {@code colour} of a thing in its own colours. */
    static final String OWN = "own";

    /** What a picture without a background colour has as the attribute {@code background}. */
    static final String WHITE = "white";

    /** Returns the colour's word, or {@code own}. */
    String colourWord() {
        return Optional.ofNullable(colour).map(Colour::word).orElse(OWN);
    }

    /** Returns the background's word as captions say it; null where they say nothing of it. */
    @Nullable String backgroundWordOrNull() {
        return background == null ? null : background.word();
    }

    /** Returns the background's word, {@code white} where there is none. */
    String backgroundWord() {
        return Optional.ofNullable(background).map(Colour::word).orElse(WHITE);
    }
}
