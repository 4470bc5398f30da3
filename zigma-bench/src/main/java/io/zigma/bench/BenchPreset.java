package io.zigma.bench;

import io.zigma.backbone.BackboneKind;
import io.zigma.backbone.BackboneSpec;
import io.zigma.backbone.Signature;
import io.zigma.base.SampleShape;
import io.zigma.base.Setting;
import io.zigma.condition.Conditioning;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A model with a name, and how many images it is given at once.
 *
 * @param label how it is called
 * @param model its shape
 * @param batch images at once by default
 */
public record BenchPreset(String label, BackboneSpec model, int batch) {

    private static final String SMALL = "small";
    private static final int SMALL_BATCH = 8;

    /** Of these the small model has those that its architecture knows. */
    private static final Map<String, String> SMALL_PARTS =
            Map.of("patch-size", "2", "hidden-size", "256", "depth", "12", "positions", "none");

    /**
     * Returns what people train on two cores: 12 layers of 256 channels, eight images of 14 × 14
     * tokens.
     *
     * @param kind the architecture
     * @return its small model
     */
    public static BenchPreset small(BackboneKind<?> kind) {
        Map<String, String> parts = new LinkedHashMap<>(SMALL_PARTS);
        parts.keySet().retainAll(kind.settings().stream().map(Setting::name).toList());
        Signature signature =
                new Signature(
                        SampleShape.image(1, 28, 28),
                        1,
                        Conditioning.none(),
                        kind.small().signature().timeScale());
        return new BenchPreset(SMALL, kind.create(Optional.empty(), signature, parts), SMALL_BATCH);
    }

    /**
     * Finds a preset by its name.
     *
     * @param kind the architecture
     * @param name small, or the name of one of its published models for images
     * @return the preset, if there is one of this name
     */
    public static Optional<BenchPreset> named(BackboneKind<?> kind, String name) {
        return all(kind).filter(preset -> preset.label.equals(name)).findFirst();
    }

    /**
     * Returns all names.
     *
     * @param kind the architecture
     * @return the labels, small ones first
     */
    public static List<String> labels(BackboneKind<?> kind) {
        return all(kind).map(BenchPreset::label).toList();
    }

    private static Stream<BenchPreset> all(BackboneKind<?> kind) {
        return Stream.concat(
                Stream.of(small(kind)),
                kind.presets().entrySet().stream()
                        .filter(preset -> !preset.getValue().sample().isVideo())
                        .map(preset -> new BenchPreset(preset.getKey(), preset.getValue(), 1)));
    }
}
