package io.zigma.cli.terminal;

import java.util.Locale;

/** Text from a file or a user, made fit for a terminal. */
public final class Printable {

    private Printable() {}

    /**
     * Writes control characters out: they could break a line or move the cursor.
     *
     * @param text any
     * @return the same without control characters, {@code \\u001b} in the place of an escape
     */
    public static String of(String text) {
        StringBuilder shown = new StringBuilder();
        text.chars()
                .forEach(
                        c ->
                                shown.append(
                                        Character.isISOControl(c)
                                                ? String.format(Locale.ROOT, "\\u%04x", c)
                                                : Character.toString(c)));
        return shown.toString();
    }
}
