package io.zigma.codec;

import java.util.regex.Pattern;

/**
 * Names a codec, so that a model finds the one whose latents it was trained on.
 *
 * @param kind its kind in the registry
 * @param name such as {@code sd-vae}; of a codec without weights its kind again
 * @param hash SHA-256 over the codec's weights and shape, 64 lower-case hexadecimal digits; empty
 *     for a codec without weights
 */
public record CodecReference(String kind, String name, String hash) {

    private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

    /**
     * Checks the parts.
     *
     * @throws IllegalArgumentException if there is no such kind, the name is blank, or the hash is
     *     no SHA-256 where the codec has weights
     */
    public CodecReference {
        boolean weights = Codecs.REGISTRY.get(kind).withoutWeights().isEmpty();
        if (name.isBlank()) {
            throw new IllegalArgumentException("a codec has a name");
        }
        if (weights && !SHA_256.matcher(hash).matches()) {
            throw new IllegalArgumentException(
                    "the hash of codec %s is 64 hexadecimal digits, not '%s'"
                            .formatted(name, hash));
        }
        if (!weights && !hash.isEmpty()) {
            throw new IllegalArgumentException(
                    "the codec %s has no weights and no hash".formatted(name));
        }
    }

    /**
     * Names a codec without weights.
     *
     * @param kind its kind in the registry
     * @return the reference
     * @throws IllegalArgumentException if there is none of that kind, or it has weights
     */
    public static CodecReference withoutWeights(String kind) {
        return new CodecReference(kind, kind, "");
    }

    /**
     * Returns whether the codec has weights and is a folder.
     *
     * @return false for pixels
     */
    public boolean isFolder() {
        return !hash.isEmpty();
    }
}
