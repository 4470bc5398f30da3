package io.zigma.emoji;

import io.zigma.base.Amount;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * All that can be drawn.
 *
 * @param things the icons of each thing, one a style
 */
record Catalogue(List<List<Icon>> things) {

    /** A thing that fewer styles have is left out: style is to be asked for freely. */
    private static final int STYLES_NEEDED = 3;

    /**
     * Sides at which icons are examined, in pixels; larger pictures have the same colours on the
     * same backgrounds, and finding them costs by the pixel.
     */
    private static final int EXAMINED = 64;

    Catalogue {
        things = things.stream().map(List::copyOf).toList();
    }

    /**
     * Reads and examines the icons of some things.
     *
     * @param jar that holds the icon sets
     * @param things which
     * @param size pixels of the pictures' sides
     * @throws IOException if the jar has not these sets, or none of the things in three styles
     */
    static Catalogue read(Path jar, List<Thing> things, int size) throws IOException {
        Icons icons = Icons.read(jar, things.stream().map(Thing::icon).toList());
        List<List<Icon>> found;
        try {
            found =
                    things.parallelStream()
                            .map(thing -> icons(icons, thing, Math.min(size, EXAMINED)))
                            .filter(styles -> styles.size() >= STYLES_NEEDED)
                            .toList();
        } catch (UncheckedIOException e) {
            throw Objects.requireNonNull(e.getCause());
        }
        if (found.isEmpty()) {
            throw new IOException(
                    String.format(
                            Locale.ROOT,
                            "%s: has none of %s in %d styles",
                            jar,
                            Amount.of(things.size(), "thing"),
                            STYLES_NEEDED));
        }
        return new Catalogue(found);
    }

    private static List<Icon> icons(Icons icons, Thing thing, int size) {
        List<Icon> styles = new ArrayList<>();
        for (Style style : Style.values()) {
            String svg = icons.svg(style, thing.icon()).orElse(null);
            if (svg == null) {
                continue;
            }
            try {
                Icon icon = Icon.of(thing, style, svg, size);
                if (!icon.variants().isEmpty()) {
                    styles.add(icon);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(
                        new IOException(
                                "%s in %s: %s".formatted(thing.icon(), style.set(), e.getMessage()),
                                e));
            }
        }
        return styles;
    }

    /**
     * Refuses things that were asked for by name and would be left out.
     *
     * @param names of the things
     * @param styles of which each has a drawing in at least one
     * @throws IOException if one has not enough drawings; the message names it
     */
    void requireDrawn(Set<String> names, Set<Style> styles) throws IOException {
        Set<String> missing = new TreeSet<>(names);
        icons().filter(icon -> styles.contains(icon.style()))
                .forEach(icon -> missing.remove(icon.thing().name()));
        if (!missing.isEmpty()) {
            throw new IOException(
                    "'%s' is not drawn in enough of the styles; leave it out of the things"
                            .formatted(missing.iterator().next()));
        }
    }

    /** Returns all icons, thing by thing. */
    Stream<Icon> icons() {
        return things.stream().flatMap(List::stream);
    }
}
