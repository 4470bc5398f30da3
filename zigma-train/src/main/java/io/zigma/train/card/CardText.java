package io.zigma.train.card;

import java.util.Locale;

/** How cards of models, classifiers and codecs are written. */
public final class CardText {

    private CardText() {}

    /**
     * Adds a line, with numbers as in English whatever the machine's language.
     *
     * @param card the text so far
     * @param format of {@link String#format}
     * @param parts what it shows
     */
    public static void line(StringBuilder card, String format, Object... parts) {
        card.append(String.format(Locale.ROOT, format, parts)).append('\n');
    }

    /**
     * Adds a fact to a list, if it is known.
     *
     * @param card the text so far
     * @param what is known
     * @param value of it; empty for nothing
     */
    public static void known(StringBuilder card, String what, String value) {
        if (!value.isEmpty()) {
            line(card, "- %s: %s", what, value);
        }
    }
}
