package io.zigma.train.bench;

import io.zigma.model.Preset;
import io.zigma.model.ZigMaConfig;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A model's size and what it is usually run on.
 *
 * @param label how it is called
 * @param hiddenSize channels D of a token
 * @param depth layers
 * @param patchSize side of a patch
 * @param tokens tokens of an image unless told otherwise
 * @param batch images at once unless told otherwise
 */
public record BenchPreset(
        String label, int hiddenSize, int depth, int patchSize, int tokens, int batch) {

    /**
     * What people train on two cores: 12 layers of 256 channels, eight images of 14 × 14 tokens.
     */
    public static final BenchPreset SMALL = new BenchPreset("small", 256, 12, 2, 196, 8);

    /** The sizes that differ in nothing but size; published configurations walk other scans. */
    private static final Pattern SIZES = Pattern.compile("[sbmlh]-[124]");

    /**
     * Finds a preset by its name.
     *
     * @param name small, or a letter of s, b, m, l, h and a patch size, as in b-2
     * @return the preset, if there is one of this name
     */
    public static Optional<BenchPreset> named(String name) {
        if (name.equals(SMALL.label)) {
            return Optional.of(SMALL);
        }
        return Arrays.stream(Preset.values())
                .filter(preset -> preset.label().equals(name))
                .filter(preset -> SIZES.matcher(name).matches())
                .map(preset -> of(name, preset.config()))
                .findFirst();
    }

    private static BenchPreset of(String name, ZigMaConfig model) {
        return new BenchPreset(
                name,
                model.hiddenSize(),
                model.depth(),
                model.patchSize(),
                model.patches().count(),
                1);
    }
}
