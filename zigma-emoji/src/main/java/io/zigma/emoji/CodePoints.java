package io.zigma.emoji;

import com.google.gson.stream.JsonReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * The icons' names of code points, from the jar with Iconify's sets: {@code chars: {1f9a9:
 * flamingo}} in {@code json/SET.json}.
 */
final class CodePoints {

    /** Where Fluent's own set lacks a sequence, Noto has it. */
    private static final List<Style> SETS = List.of(Style.FLAT, Style.NOTO);

    /** "Shown as a picture": files' names have it or not, and it changes no meaning. */
    private static final String VARIATION = "fe0f";

    private final Map<String, String> names;

    private CodePoints(Map<String, String> names) {
        this.names = Map.copyOf(names);
    }

    /**
     * Reads the names.
     *
     * @param jar the file
     * @throws IOException if it is no such file
     */
    static CodePoints read(Path jar) throws IOException {
        Map<String, String> names = new HashMap<>();
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (Style style : SETS) {
                Optional<? extends ZipEntry> entry =
                        zip.stream()
                                .filter(e -> e.getName().endsWith("/json/" + style.set() + ".json"))
                                .findFirst();
                if (entry.isPresent()) {
                    try (JsonReader json =
                            new JsonReader(
                                    new InputStreamReader(
                                            zip.getInputStream(entry.get()),
                                            StandardCharsets.UTF_8))) {
                        read(json, names);
                    } catch (IllegalStateException e) {
                        throw new IOException(
                                "%s: %s is no icon set (%s)"
                                        .formatted(jar, entry.get().getName(), e.getMessage()),
                                e);
                    }
                }
            }
        } catch (ZipException e) {
            throw new IOException(
                    "%s: is no jar that can be read (%s)".formatted(jar, e.getMessage()), e);
        }
        return new CodePoints(names);
    }

    private static void read(JsonReader json, Map<String, String> names) throws IOException {
        json.beginObject();
        while (json.hasNext()) {
            if (json.nextName().equals("chars")) {
                json.beginObject();
                while (json.hasNext()) {
                    String points = json.nextName();
                    names.putIfAbsent(plain(points), json.nextString());
                }
                json.endObject();
            } else {
                json.skipValue();
            }
        }
        json.endObject();
    }

    /**
     * Returns an icon's name.
     *
     * @param points in hexadecimal, joined by hyphens
     * @return empty if no set has this emoji
     */
    Optional<String> name(String points) {
        return Optional.ofNullable(names.get(plain(points)));
    }

    /** Returns code points as they are compared: no zeros in front, no variation selectors. */
    static String plain(String points) {
        return Stream.of(points.split("-", -1))
                .filter(point -> !point.equals(VARIATION))
                .map(point -> point.replaceFirst("^0+(?=.)", ""))
                .collect(Collectors.joining("-"));
    }
}
