package io.zigma.emoji;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Reads lists of things; {@code things.txt} beside this class says how they are written. */
final class Things {

    private Things() {}

    /** Returns the things that are drawn by default. */
    static List<Thing> all() throws IOException {
        try (InputStream in = Things.class.getResourceAsStream("things.txt")) {
            if (in == null) {
                throw new IOException("things.txt is missing beside " + Things.class.getName());
            }
            return read(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /**
     * Returns some of several things, in their order.
     *
     * @param all of them
     * @param names of those that are wanted; none for all
     * @throws IllegalArgumentException if one is unknown
     */
    static List<Thing> named(List<Thing> all, Set<String> names) {
        if (names.isEmpty()) {
            return all;
        }
        Set<String> unknown = new TreeSet<>(names);
        all.forEach(thing -> unknown.remove(thing.name()));
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(
                    "there is no drawing of '%s'".formatted(unknown.iterator().next()));
        }
        return all.stream().filter(thing -> names.contains(thing.name())).toList();
    }

    /**
     * Reads a list.
     *
     * @throws IOException if an icon or a name is there twice; the message says which line
     */
    static List<Thing> read(String text) throws IOException {
        List<Thing> things = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        int number = 0;
        for (String line : text.lines().map(String::strip).toList()) {
            number++;
            if (line.isEmpty() || line.startsWith("#") || line.startsWith("[")) {
                continue;
            }
            Thing thing = thing(line);
            if (!seen.add("icon " + thing.icon()) || !seen.add("name " + thing.name())) {
                throw new IOException(
                        String.format(
                                Locale.ROOT,
                                "line %d: '%s' is in the list of things already",
                                number,
                                line));
            }
            things.add(thing);
        }
        return List.copyOf(things);
    }

    private static Thing thing(String line) {
        boolean mirrored = !line.startsWith("!");
        String[] parts = line.substring(mirrored ? 0 : 1).split(";", 2);
        String[] names = parts[0].split("=", 2);
        String icon = names[0].strip();
        String name = names.length > 1 ? names[1].strip() : icon.replace('-', ' ');
        List<String> tags =
                parts.length < 2
                        ? List.of()
                        : Stream.of(parts[1].split(",")).map(String::strip).toList();
        return new Thing(icon, name, tags, mirrored);
    }
}
