package io.zigma.train.bench;

import java.util.Locale;
import java.util.Optional;

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

    private static final int SIDE = 32; // of a latent image

    /** The published sizes. */
    private enum Size {
        S(368, 24),
        B(768, 24),
        M(768, 48),
        L(1024, 48),
        H(1536, 48);

        private final int hiddenSize;
        private final int depth;

        Size(int hiddenSize, int depth) {
            this.hiddenSize = hiddenSize;
            this.depth = depth;
        }
    }

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
        for (Size size : Size.values()) {
            for (int patch : new int[] {1, 2, 4}) {
                if (name.equals(size.name().toLowerCase(Locale.ROOT) + "-" + patch)) {
                    int side = SIDE / patch;
                    return Optional.of(
                            new BenchPreset(
                                    name, size.hiddenSize, size.depth, patch, side * side, 1));
                }
            }
        }
        return Optional.empty();
    }
}
