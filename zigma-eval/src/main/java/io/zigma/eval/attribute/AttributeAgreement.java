package io.zigma.eval.attribute;

import io.zigma.eval.metric.Figure;
import io.zigma.eval.metric.Quantity;
import io.zigma.eval.metric.Quantity.Better;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Counts how often classifiers see the attributes that pictures were asked to have: each attribute
 * alone, all of them on one picture, and the same among the pictures of which something is true or
 * false, such as {@code held_out}.
 */
public final class AttributeAgreement {

    private static final String TRUE = "true";
    private static final String FALSE = "false";
    private static final String ALL = "all";
    private static final int DIGITS = 4;

    private final Map<Quantity, long[]> counts = new LinkedHashMap<>(); // right, asked

    /**
     * Counts pictures.
     *
     * @param asked the attributes of each
     * @param seen by attribute, what its classifier sees on each picture, and nothing where it does
     *     not know what was asked for
     */
    public AttributeAgreement(
            List<Map<String, String>> asked, Map<String, List<Optional<String>>> seen) {
        Set<String> flags = flags(asked);
        for (Map.Entry<String, List<Optional<String>>> one : seen.entrySet()) {
            String attribute = one.getKey();
            for (int i = 0; i < asked.size(); i++) {
                String wanted = asked.get(i).get(attribute);
                Optional<String> found = one.getValue().get(i);
                if (wanted != null && found.isPresent()) {
                    count(attribute, asked.get(i), flags, found.get().equals(wanted));
                }
            }
        }
        if (seen.size() > 1) {
            for (int i = 0; i < asked.size(); i++) {
                countAll(i, asked.get(i), seen, flags);
            }
        }
    }

    /** Counts a picture of which every attribute was asked for and is known. */
    private void countAll(
            int picture,
            Map<String, String> asked,
            Map<String, List<Optional<String>>> seen,
            Set<String> flags) {
        boolean right = true;
        for (Map.Entry<String, List<Optional<String>>> one : seen.entrySet()) {
            String wanted = asked.get(one.getKey());
            Optional<String> found = one.getValue().get(picture);
            if (wanted == null || found.isEmpty()) {
                return;
            }
            right &= found.get().equals(wanted);
        }
        count(ALL, asked, flags, right);
    }

    private void count(
            String attribute, Map<String, String> asked, Set<String> flags, boolean right) {
        add(quantity(attribute, Optional.empty(), true), right);
        for (String flag : flags) {
            String value = asked.get(flag);
            if (value != null) {
                add(quantity(attribute, Optional.of(flag), value.equals(TRUE)), right);
            }
        }
    }

    private void add(Quantity quantity, boolean right) {
        long[] count = counts.computeIfAbsent(quantity, key -> new long[2]);
        count[0] += right ? 1 : 0;
        count[1]++;
    }

    /** Attributes that are true or false and nothing else divide the pictures into two groups. */
    private static Set<String> flags(List<Map<String, String>> asked) {
        Set<String> flags = new LinkedHashSet<>();
        asked.forEach(attributes -> flags.addAll(attributes.keySet()));
        flags.removeIf(
                flag ->
                        asked.stream()
                                .map(attributes -> attributes.get(flag))
                                .anyMatch(
                                        value ->
                                                value != null
                                                        && !value.equals(TRUE)
                                                        && !value.equals(FALSE)));
        return flags;
    }

    private static Quantity quantity(String attribute, Optional<String> flag, boolean set) {
        String key = "agreement_" + attribute;
        String title = attribute.equals(ALL) ? "all attributes agree" : attribute + " agrees";
        if (flag.isPresent()) {
            key += (set ? "_" : "_not_") + flag.get();
            title += (set ? ", " : ", not ") + flag.get().replace('_', ' ');
        }
        return new Quantity(
                key.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]+", "_"),
                title,
                Better.HIGHER,
                DIGITS,
                flag.isEmpty());
    }

    /**
     * Returns how often the classifiers agree.
     *
     * @return fractions from 0 to 1, each with the number of pictures that it is of; for each
     *     attribute first that of all pictures
     */
    public List<Figure> figures() {
        List<Figure> figures = new ArrayList<>();
        counts.forEach(
                (quantity, count) ->
                        figures.add(
                                new Figure(
                                        quantity,
                                        (double) count[0] / count[1],
                                        Math.toIntExact(count[1]))));
        return figures;
    }
}
