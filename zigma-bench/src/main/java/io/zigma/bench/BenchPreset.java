package io.zigma.bench;

import io.zigma.backbone.zigma.Positions;
import io.zigma.backbone.zigma.Preset;
import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.condition.Unconditional;
import io.zigma.nn.MambaConfig;
import io.zigma.nn.NormKind;
import io.zigma.scan.Zigzag;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A model with a name, and how many images it is usually given at once.
 *
 * @param label how it is called
 * @param model its shape
 * @param batch images at once unless told otherwise
 */
public record BenchPreset(String label, ZigMaConfig model, int batch) {

    /**
     * What people train on two cores: 12 layers of 256 channels, eight images of 14 × 14 tokens.
     */
    public static final BenchPreset SMALL =
            new BenchPreset(
                    "small",
                    new ZigMaConfig(
                            28,
                            28,
                            1,
                            2,
                            256,
                            12,
                            new Zigzag(8),
                            MambaConfig.PUBLISHED,
                            Positions.NONE,
                            NormKind.RMS,
                            1e-5,
                            0,
                            new Unconditional()),
                    8);

    /**
     * Finds a preset by its name.
     *
     * @param name small, or the label of a {@link Preset} for images
     * @return the preset, if there is one of this name
     */
    public static Optional<BenchPreset> named(String name) {
        return all().filter(preset -> preset.label.equals(name)).findFirst();
    }

    /**
     * Returns all names.
     *
     * @return the labels, small ones first
     */
    public static List<String> labels() {
        return all().map(BenchPreset::label).toList();
    }

    private static Stream<BenchPreset> all() {
        return Stream.concat(
                Stream.of(SMALL),
                Arrays.stream(Preset.values())
                        .filter(preset -> !preset.config().sample().isVideo())
                        .map(preset -> new BenchPreset(preset.label(), preset.config(), 1)));
    }
}
