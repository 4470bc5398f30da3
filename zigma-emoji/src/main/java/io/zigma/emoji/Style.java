package io.zigma.emoji;

import java.util.Locale;

/** The icon sets that things are drawn in, each called by one word in captions. */
public enum Style {
    /** Microsoft's Fluent Emoji with gradients. */
    FLUENT("fluent-emoji"),
    /** Microsoft's Fluent Emoji in flat colours. */
    FLAT("fluent-emoji-flat"),
    /** Google's Noto Emoji. */
    NOTO("noto"),
    /** Twitter's Twemoji. */
    TWEMOJI("twemoji");

    private final String set;

    Style(String set) {
        this.set = set;
    }

    /**
     * Returns what captions call it.
     *
     * @return a word in lower case
     */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the name of its file among Iconify's sets, without the ending. */
    String set() {
        return set;
    }
}
