package io.zigma.backbone.zigma;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

@Tag("golden")
class ParameterCountGoldenTest {

    /** A column's name: scan, then the condition, then {@code use_pe}. */
    private static final Pattern COLUMN =
            Pattern.compile(
                    "([A-Za-z0-9]+)(?:_text(\\d+)|_class(\\d+))?_pe(\\d)(?:_default_scan)?");

    private static final Set<String> SIZES = Set.of("preset", "embed_dim", "depth", "patch_size");

    private static final int LATENT_SIDE = 32;
    private static final int LATENT_CHANNELS = 4;

    @TestFactory
    Stream<DynamicTest> everyPresetHasTheOfficialSizesAndCounts() {
        return rows("presets")
                .flatMap(
                        row ->
                                row.keySet().stream()
                                        .filter(column -> !SIZES.contains(column))
                                        .map(
                                                column ->
                                                        DynamicTest.dynamicTest(
                                                                name(row, "preset") + " " + column,
                                                                () -> compare(row, column))));
    }

    private static void compare(JsonObject row, String column) {
        ZigMaConfig sizes = preset(name(row, "preset")).config();
        assertThat(sizes.hiddenSize()).isEqualTo(row.get("embed_dim").getAsInt());
        assertThat(sizes.depth()).isEqualTo(row.get("depth").getAsInt());
        assertThat(sizes.patchSize()).isEqualTo(row.get("patch_size").getAsInt());
        Matcher matcher = COLUMN.matcher(column);
        assertThat(matcher.matches()).as("column " + column).isTrue();
        JsonObject arguments = new JsonObject();
        arguments.addProperty("img_dim", LATENT_SIDE);
        arguments.addProperty("in_channels", LATENT_CHANNELS);
        arguments.addProperty("embed_dim", sizes.hiddenSize());
        arguments.addProperty("depth", sizes.depth());
        arguments.addProperty("patch_size", sizes.patchSize());
        arguments.addProperty("scan_type", matcher.group(1));
        arguments.addProperty("use_pe", Integer.parseInt(matcher.group(4)));
        if (matcher.group(2) != null) {
            arguments.addProperty("has_text", true);
            arguments.addProperty("d_context", Integer.parseInt(matcher.group(2)));
        }
        if (matcher.group(3) != null) {
            arguments.addProperty("num_classes", Integer.parseInt(matcher.group(3)));
        }
        assertThat(new ZigMa(OfficialConstructor.config(arguments)).parameterCount())
                .isEqualTo(row.get(column).getAsLong());
    }

    @TestFactory
    Stream<DynamicTest> everyPublishedConfigurationIsAPresetWithTheOfficialCount() {
        return rows("yaml")
                .map(
                        row ->
                                DynamicTest.dynamicTest(
                                        name(row, "file"),
                                        () -> {
                                            ZigMaConfig official = constructed(row);
                                            ZigMaConfig preset =
                                                    preset(stem(name(row, "file"))).config();
                                            assertThat(preset)
                                                    .usingRecursiveComparison()
                                                    .ignoringFields("dropPath")
                                                    .isEqualTo(official);
                                            assertCount(preset, row);
                                        }));
    }

    @TestFactory
    Stream<DynamicTest> otherConfigurationsHaveTheOfficialCount() {
        return rows("other")
                .map(
                        row ->
                                DynamicTest.dynamicTest(
                                        name(row, "name"),
                                        () -> assertCount(constructed(row), row)));
    }

    private static Stream<JsonObject> rows(String table) {
        return Golden.fixtures("param_counts")
                .map(Fixture::json)
                .flatMap(
                        json ->
                                StreamSupport.stream(
                                        json.getAsJsonArray(table).spliterator(), false))
                .map(JsonElement::getAsJsonObject);
    }

    private static ZigMaConfig constructed(JsonObject row) {
        return OfficialConstructor.config(row.getAsJsonObject("params"));
    }

    private static void assertCount(ZigMaConfig config, JsonObject row) {
        assertThat(new ZigMa(config).parameterCount()).isEqualTo(row.get("total").getAsLong());
    }

    private static String name(JsonObject row, String key) {
        return row.get(key).getAsString();
    }

    private static String stem(String file) {
        return file.substring(file.lastIndexOf('/') + 1, file.lastIndexOf('.'));
    }

    private static Preset preset(String officialName) {
        return Arrays.stream(Preset.values())
                .filter(preset -> preset.officialName().equals(officialName))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no preset " + officialName));
    }
}
