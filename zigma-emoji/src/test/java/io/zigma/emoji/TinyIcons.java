package io.zigma.emoji;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Icon sets of a few shapes of our own, in a jar laid out as Iconify's is. */
final class TinyIcons {

    static final String RED_DISC = "<circle cx=\"8\" cy=\"8\" r=\"7\" fill=\"#d02020\"/>";
    static final String GREEN_SQUARE =
            "<rect x=\"1\" y=\"3\" width=\"12\" height=\"10\" fill=\"#20a040\"/>";
    static final String BLUE_WEDGE = "<path d=\"M1 1L15 8L1 15Z\" fill=\"#2050d0\"/>";
    static final String GREY_BAR =
            "<rect x=\"2\" y=\"2\" width=\"4\" height=\"12\" fill=\"#808080\"/>";
    static final String WHITE_DISC = "<circle cx=\"8\" cy=\"8\" r=\"7\" fill=\"#fdfdfd\"/>";

    static final List<Thing> THINGS =
            List.of(
                    new Thing("disc", "disc", List.of("round one"), true),
                    new Thing("square", "square", List.of(), true),
                    new Thing("wedge", "wedge", List.of(), false),
                    new Thing("bar", "bar", List.of(), true),
                    new Thing("snow", "snow", List.of(), true));

    private final Map<Style, Map<String, String>> sets = new LinkedHashMap<>();
    private final Map<String, String> aliases = new LinkedHashMap<>();
    private final Map<String, String> chars = new LinkedHashMap<>();

    /** Makes four sets of the shapes that {@link #THINGS} names. */
    TinyIcons() {
        for (Style style : Style.values()) {
            with(style, "disc", RED_DISC)
                    .with(style, "square", GREEN_SQUARE)
                    .with(style, "wedge", BLUE_WEDGE)
                    .with(style, "bar", GREY_BAR)
                    .with(style, "snow", WHITE_DISC);
        }
    }

    TinyIcons with(Style style, String icon, String body) {
        sets.computeIfAbsent(style, s -> new LinkedHashMap<>()).put(icon, body);
        return this;
    }

    TinyIcons without(Style style, String icon) {
        sets.getOrDefault(style, Map.of()).remove(icon);
        return this;
    }

    TinyIcons withoutSet(Style style) {
        sets.remove(style);
        return this;
    }

    /** Names a sequence of code points, which none has at first. */
    TinyIcons withCodePoints(String points, String icon) {
        chars.put(points, icon);
        return this;
    }

    TinyIcons withAlias(String name, String parent) {
        aliases.put(name, parent);
        return this;
    }

    Path write(Path jar) throws IOException {
        try (OutputStream out = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<Style, Map<String, String>> set : sets.entrySet()) {
                zip.putNextEntry(
                        new ZipEntry(
                                "META-INF/resources/json/%s.json".formatted(set.getKey().set())));
                zip.write(json(set.getValue()).getBytes(StandardCharsets.UTF_8));
                zip.closeEntry();
            }
        }
        return jar;
    }

    private String json(Map<String, String> set) {
        JsonObject all = new JsonObject();
        set.forEach(
                (name, body) -> {
                    JsonObject icon = new JsonObject();
                    icon.addProperty("body", body);
                    all.add(name, icon);
                });
        JsonObject names = new JsonObject();
        aliases.forEach(
                (name, parent) -> {
                    JsonObject alias = new JsonObject();
                    alias.addProperty("parent", parent);
                    alias.addProperty("hidden", true);
                    names.add(name, alias);
                });
        JsonObject file = new JsonObject();
        file.addProperty("prefix", "tiny");
        file.add("icons", all);
        file.add("aliases", names);
        JsonObject points = new JsonObject();
        chars.forEach(points::addProperty);
        file.add("chars", points);
        file.addProperty("width", 16);
        file.addProperty("height", 16);
        return file.toString();
    }
}
