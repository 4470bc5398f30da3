package io.zigma.text;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tokens such as {@code [MASK]} that a text may name literally, before anything is done to it. */
final class SpecialTokens {

    private final Map<String, Integer> ids;
    private final @Nullable Pattern any; // null where there is none

    /**
     * Takes the tokens.
     *
     * @param ids number of each, by how it is written
     */
    SpecialTokens(Map<String, Integer> ids) {
        this.ids = Map.copyOf(ids);
        // of two that begin at the same place the longer one is meant
        List<String> longestFirst =
                ids.keySet().stream()
                        .sorted((a, b) -> Integer.compare(b.length(), a.length()))
                        .toList();
        any =
                longestFirst.isEmpty()
                        ? null
                        : Pattern.compile(
                                longestFirst.stream()
                                        .map(Pattern::quote)
                                        .collect(Collectors.joining("|")));
    }

    /**
     * Splits a text at these tokens.
     *
     * @param text any text
     * @param plain receives the text between them, from left to right
     * @param special takes their numbers
     */
    void split(String text, Consumer<String> plain, IntConsumer special) {
        int from = 0;
        if (any != null) {
            Matcher matcher = any.matcher(text);
            while (matcher.find()) {
                plain.accept(text.substring(from, matcher.start()));
                special.accept(ids.get(matcher.group()));
                from = matcher.end();
            }
        }
        plain.accept(text.substring(from));
    }
}
