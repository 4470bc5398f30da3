package io.zigma.emoji;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Random;

/**
 * Random numbers for named purposes. {@link Random} is written out in its documentation and gives
 * the same numbers on every Java.
 */
final class Seeds {

    private Seeds() {}

    /** Returns the numbers of one purpose. */
    static Random random(long seed, String purpose) {
        return new Random(ByteBuffer.wrap(hash(seed + "/" + purpose)).getLong());
    }

    /** Returns a number from 0 to below 1 that follows from a text alone. */
    static double uniform(String text) {
        return (ByteBuffer.wrap(hash(text)).getLong() >>> 11) * 0x1p-53;
    }

    private static byte[] hash(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
