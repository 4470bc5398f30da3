package io.zigma.emoji;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Icons as SVG text, from a jar that holds Iconify's sets: {@code json/SET.json}, each with {@code
 * icons: {NAME: {body, width, height}}} and {@code aliases: {NAME: {parent}}}.
 */
final class Icons {

    private final Map<Style, Map<String, String>> svg;

    private Icons(Map<Style, Map<String, String>> svg) {
        this.svg = svg;
    }

    /**
     * Reads the icons of some names, in every style that has them.
     *
     * @param jar the file
     * @param names which icons
     * @throws IOException if it is no such file; the message says what is missing
     */
    static Icons read(Path jar, Collection<String> names) throws IOException {
        Set<String> wanted = Set.copyOf(names);
        Map<Style, Map<String, String>> all = new EnumMap<>(Style.class);
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (Style style : Style.values()) {
                ZipEntry entry =
                        zip.stream()
                                .filter(e -> e.getName().endsWith("/json/" + style.set() + ".json"))
                                .findFirst()
                                .orElseThrow(
                                        () ->
                                                new IOException(
                                                        "%s: holds no icon set json/%s.json"
                                                                .formatted(jar, style.set())));
                try (JsonReader json =
                        new JsonReader(
                                new InputStreamReader(
                                        zip.getInputStream(entry), StandardCharsets.UTF_8))) {
                    all.put(style, new SetReader(json, wanted).read());
                } catch (IllegalStateException e) {
                    throw new IOException(
                            "%s: %s is no icon set (%s)"
                                    .formatted(jar, entry.getName(), e.getMessage()),
                            e);
                }
            }
        } catch (ZipException e) {
            throw new IOException(
                    "%s: is no jar that can be read (%s)".formatted(jar, e.getMessage()), e);
        }
        return new Icons(all);
    }

    /** Returns an icon as a whole SVG document; empty if the style has none of this name. */
    Optional<String> svg(Style style, String name) {
        return Optional.ofNullable(svg.get(style)).map(set -> set.get(name));
    }

    /** Reads one set as a stream: the largest has a hundred megabytes. */
    private static final class SetReader {

        private static final double DEFAULT_SIDE = 16;

        private final JsonReader json;
        private final Set<String> wanted;
        private final Map<String, Icon> icons = new HashMap<>();
        private final Map<String, String> parents = new HashMap<>();
        private double width = DEFAULT_SIDE;
        private double height = DEFAULT_SIDE;

        /** The content between {@code <svg>} and {@code </svg>}; sizes NaN where it has none. */
        private record Icon(String body, double width, double height) {}

        SetReader(JsonReader json, Set<String> wanted) {
            this.json = json;
            this.wanted = wanted;
        }

        Map<String, String> read() throws IOException {
            json.beginObject();
            while (json.hasNext()) {
                switch (json.nextName()) {
                    case "icons" -> readIcons();
                    case "aliases" -> readAliases();
                    case "width" -> width = json.nextDouble();
                    case "height" -> height = json.nextDouble();
                    default -> json.skipValue();
                }
            }
            json.endObject();
            Map<String, String> documents = new HashMap<>();
            for (String name : wanted) {
                Icon icon = icons.get(resolved(name));
                if (icon != null) {
                    documents.put(name, document(icon));
                }
            }
            return documents;
        }

        private String resolved(String name) {
            String at = name;
            Set<String> seen = new HashSet<>();
            while (!icons.containsKey(at) && parents.containsKey(at) && seen.add(at)) {
                at = parents.get(at);
            }
            return at;
        }

        private void readIcons() throws IOException {
            json.beginObject();
            while (json.hasNext()) {
                String name = json.nextName();
                String body = "";
                double ownWidth = Double.NaN;
                double ownHeight = Double.NaN;
                json.beginObject();
                while (json.hasNext()) {
                    switch (json.nextName()) {
                        case "body" -> body = json.nextString();
                        case "width" -> ownWidth = json.nextDouble();
                        case "height" -> ownHeight = json.nextDouble();
                        default -> json.skipValue();
                    }
                }
                json.endObject();
                // an alias may mean an icon whose own name was not requested; aliases come later
                icons.put(name, new Icon(body, ownWidth, ownHeight));
            }
            json.endObject();
        }

        private void readAliases() throws IOException {
            json.beginObject();
            while (json.hasNext()) {
                String name = json.nextName();
                json.beginObject();
                while (json.hasNext()) {
                    if (json.nextName().equals("parent") && json.peek() == JsonToken.STRING) {
                        parents.put(name, json.nextString());
                    } else {
                        json.skipValue();
                    }
                }
                json.endObject();
            }
            json.endObject();
        }

        private String document(Icon icon) {
            return "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" viewBox=\"0 0 %s %s\">%s</svg>"
                    .formatted(
                            Double.isNaN(icon.width()) ? width : icon.width(),
                            Double.isNaN(icon.height()) ? height : icon.height(),
                            icon.body());
        }
    }
}
