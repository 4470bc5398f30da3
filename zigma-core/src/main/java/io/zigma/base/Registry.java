package io.zigma.base;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The choices of one kind by name: a new one is a class of its own and one call of {@link
 * #register}.
 *
 * <p>Any thread may look up and register at any time.
 *
 * @param <T> what is chosen
 */
public final class Registry<T> {

    private final String what;
    private final Function<? super T, String> name;
    private final Map<String, T> entries = new LinkedHashMap<>();

    /**
     * Makes an empty registry.
     *
     * @param what what is chosen, in the singular, for error messages: "backbone"
     * @param name returns an entry's name
     */
    public Registry(String what, Function<? super T, String> name) {
        this.what = what;
        this.name = name;
    }

    /**
     * Adds an entry.
     *
     * @param entry the new choice
     * @return this
     * @throws IllegalArgumentException if another of the same name is there already
     */
    public synchronized Registry<T> register(T entry) {
        T before = entries.putIfAbsent(name.apply(entry), entry);
        if (before != null && !before.equals(entry)) {
            throw new IllegalArgumentException(
                    "there is another %s '%s' already".formatted(what, name.apply(entry)));
        }
        return this;
    }

    /**
     * Finds an entry.
     *
     * @param wanted its name, in any case
     * @return the entry
     * @throws IllegalArgumentException if there is none of that name; the message lists all and
     *     proposes the nearest
     */
    public synchronized T get(String wanted) {
        return find(wanted)
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "there is no %s '%s'%s; choose from %s"
                                                .formatted(
                                                        what,
                                                        wanted,
                                                        proposal(wanted),
                                                        String.join(", ", entries.keySet()))));
    }

    /**
     * Finds an entry that may not be there.
     *
     * @param wanted its name, in any case
     * @return the entry, if there is one
     */
    public synchronized Optional<T> find(String wanted) {
        T exact = entries.get(wanted);
        if (exact != null) {
            return Optional.of(exact);
        }
        return entries.entrySet().stream()
                .filter(entry -> entry.getKey().equalsIgnoreCase(wanted))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /**
     * Lists the names.
     *
     * @return in the order of registration
     */
    public synchronized List<String> names() {
        return List.copyOf(entries.keySet());
    }

    /**
     * Lists the entries.
     *
     * @return in the order of registration
     */
    public synchronized List<T> all() {
        return List.copyOf(entries.values());
    }

    private String proposal(String wanted) {
        return nearest(wanted, entries.keySet())
                .map(near -> " (did you mean '%s'?)".formatted(near))
                .orElse("");
    }

    /**
     * Finds the word that is most likely meant by a mistyped one.
     *
     * @param wanted what was written
     * @param known the words there are
     * @return the nearest by edit distance, if no more than a third of its letters differ
     */
    public static Optional<String> nearest(String wanted, Iterable<String> known) {
        String best = null;
        int least = Integer.MAX_VALUE;
        for (String word : known) {
            int distance = distance(wanted.toLowerCase(Locale.ROOT), word);
            if (distance < least && distance <= Math.max(1, word.length() / 3)) {
                best = word;
                least = distance;
            }
        }
        return Optional.ofNullable(best);
    }

    /** Levenshtein's edit distance. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(changed, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
