package io.zigma.base;

import java.util.Locale;

/** How a choice is spelled in files and on the command line. */
public final class Spelling {

    private Spelling() {}

    /**
     * Returns the spelling of a constant.
     *
     * @param constant any choice
     * @return its name in lower case with hyphens: {@code zigzag-8} for {@code ZIGZAG_8}
     */
    public static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
