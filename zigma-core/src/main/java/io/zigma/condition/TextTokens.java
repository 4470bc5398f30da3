package io.zigma.condition;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** A text as the tokens that a text encoder made of it; the program has no encoder of its own. */
public final class TextTokens {

    private final int count;
    private final int size;
    private final float[] values;

    /**
     * Takes tokens over.
     *
     * @param count tokens n
     * @param size numbers d in each
     * @param values n × d numbers, token by token; copied
     * @throws IllegalArgumentException if a size is not positive, there are more or fewer values,
     *     or one is not finite
     */
    public TextTokens(int count, int size, float[] values) {
        if (count < 1 || size < 1 || values.length != (long) count * size) {
            throw new IllegalArgumentException(
                    "a text has 1 or more tokens of 1 or more numbers; %s × %s of them are not %s values"
                            .formatted(count, size, values.length));
        }
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new IllegalArgumentException(
                        "a text's tokens are finite numbers, not " + value);
            }
        }
        this.count = count;
        this.size = size;
        this.values = values.clone();
    }

    /**
     * Returns how many tokens there are.
     *
     * @return n
     */
    public int count() {
        return count;
    }

    /**
     * Returns how many numbers a token has.
     *
     * @return d, the width of the text encoder's output
     */
    public int size() {
        return size;
    }

    /**
     * Returns the tokens.
     *
     * @return n × d numbers, token by token, in an array of their own
     */
    public float[] values() {
        return values.clone();
    }

    /**
     * Returns whether another text has the same shape.
     *
     * @param other another text
     * @return true if it has as many tokens n of the same size d
     */
    public boolean hasShapeOf(TextTokens other) {
        return count == other.count && size == other.size;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TextTokens tokens
                && hasShapeOf(tokens)
                && Arrays.equals(values, tokens.values);
    }

    @Override
    public int hashCode() {
        return 31 * count + Arrays.hashCode(values);
    }

    /**
     * Returns what identifies these tokens.
     *
     * @return SHA-256 of the numbers as little-endian float32, in 64 hexadecimal digits
     */
    public String hash() {
        ByteBuffer bytes =
                ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(bytes.array()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
