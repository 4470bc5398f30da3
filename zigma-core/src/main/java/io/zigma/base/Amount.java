package io.zigma.base;

import java.util.Locale;

/** Amounts in English, with the same digits in every locale. */
public final class Amount {

    private Amount() {}

    /**
     * Writes a number and what it counts.
     *
     * @param count how many there are
     * @param one what one of them is called; the plural is formed with s, or es after an s
     * @return such as {@code 1 picture}, {@code 12,000 pictures}, {@code 0 classes}
     */
    public static String of(long count, String one) {
        String name = count == 1 ? one : one.endsWith("s") ? one + "es" : one + "s";
        return String.format(Locale.ROOT, "%,d %s", count, name);
    }
}
