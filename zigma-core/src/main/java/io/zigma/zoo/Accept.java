package io.zigma.zoo;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What an HTTP client wants to get, by its {@code Accept} header (RFC 9110, section 12.5.1): types
 * such as {@code image/png}, {@code image/*} and {@code *}{@code /*}, each with a weight {@code q}
 * from 0 (not this) to 1. Of the ranges that a type is in, the narrowest gives its weight.
 *
 * @param ranges those of the header
 */
record Accept(List<Range> ranges) {

    /**
     * Types that a client accepts.
     *
     * @param type such as image, or *
     * @param subtype such as png, or *
     * @param weight q, from 0 to 1
     */
    private record Range(String type, String subtype, double weight) {

        /** How narrow the range is around a type: 2 for itself, 0 for all, -1 if it is outside. */
        int around(String wanted) {
            String[] parts = wanted.split("/", 2);
            if (type.equals("*") && subtype.equals("*")) {
                return 0;
            }
            if (!type.equals(parts[0])) {
                return -1;
            }
            if (subtype.equals("*")) {
                return 1;
            }
            return subtype.equals(parts[1]) ? 2 : -1;
        }
    }

    /** A type's weight, and how narrow the range was that gave it. */
    private record Preference(double weight, int narrowness) {}

    /**
     * Reads a header; what is no media range is passed over, and a weight that is no number counts
     * as 1.
     *
     * @param header its value; empty where there is none
     */
    static Accept parse(String header) {
        return new Accept(
                Arrays.stream(header.toLowerCase(Locale.ROOT).split(",", -1))
                        .map(String::strip)
                        .filter(range -> range.matches("[^/;\\s]+/[^/;\\s]+\\s*(;.*)?"))
                        .map(Accept::range)
                        .toList());
    }

    private static Range range(String text) {
        String[] parts = text.split("\\s*;\\s*", -1);
        String[] type = parts[0].strip().split("/", 2);
        double weight = 1;
        for (String parameter : parts) {
            if (parameter.matches("q\\s*=\\s*(0(\\.\\d*)?|1(\\.0*)?|\\.\\d+)")) {
                weight = Double.parseDouble(parameter.replaceFirst("q\\s*=\\s*", ""));
            }
        }
        return new Range(type[0], type[1], weight);
    }

    /**
     * Returns whether one type is to be sent and not another, the default of clients that say
     * nothing: by weight, then because it is named as exactly.
     *
     * @param type such as image/png
     * @param other such as application/json
     */
    boolean prefers(String type, String other) {
        Preference first = preference(type);
        Preference second = preference(other);
        return first.weight() == second.weight()
                ? first.weight() > 0
                        && first.narrowness() > 0
                        && first.narrowness() >= second.narrowness()
                : first.weight() > second.weight();
    }

    private Preference preference(String type) {
        Preference found = new Preference(0, -1);
        for (Range range : ranges) {
            int narrowness = range.around(type);
            if (narrowness > found.narrowness()) {
                found = new Preference(range.weight(), narrowness);
            }
        }
        return found;
    }
}
