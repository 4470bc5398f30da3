package io.zigma.emoji;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
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
                            "%s: has none of the %d things in %d styles",
                            jar,
                            things.size(),
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

    /** Returns all icons, thing by thing. */
    Stream<Icon> icons() {
        return things.stream().flatMap(List::stream);
    }
}
