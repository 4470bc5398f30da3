package io.zigma.text;

import java.util.Locale;

/** Small letters, one character at a time, so that no neighbour and no language changes them. */
final class LetterCase {

    private LetterCase() {}

    /**
     * Returns the small letter of a character.
     *
     * @param c a code point
     * @return it, or the one or two characters that are its small letter in Unicode
     */
    static String lower(int c) {
        return Character.toString(c).toLowerCase(Locale.ROOT);
    }
}
