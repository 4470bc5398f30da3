package io.zigma.text;

import java.util.regex.Pattern;

/**
 * Names a text encoder by its content, so that a model finds the one that it was trained with.
 *
 * @param name such as {@code minilm-l6}
 * @param hash SHA-256 over the encoder's weights and vocabulary, 64 lower-case hexadecimal digits
 */
public record TextEncoderReference(String name, String hash) {

    private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

    /**
     * Checks the parts.
     *
     * @throws IllegalArgumentException if the name is blank or the hash is no SHA-256
     */
    public TextEncoderReference {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a text encoder has a name");
        }
        if (!SHA_256.matcher(hash).matches()) {
            throw new IllegalArgumentException(
                    "the hash of text encoder %s is 64 hexadecimal digits, not '%s'"
                            .formatted(name, hash));
        }
    }
}
