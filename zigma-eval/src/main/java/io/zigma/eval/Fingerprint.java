package io.zigma.eval;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 over a list of parts, each behind its length, so that no two lists give the same. */
public final class Fingerprint {

    private final MessageDigest digest;

    /** Begins with no part. */
    public Fingerprint() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Adds some bytes. */
    @CanIgnoreReturnValue
    public Fingerprint add(byte[] part) {
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(part.length).flip());
        digest.update(part);
        return this;
    }

    /** Adds some text. */
    @CanIgnoreReturnValue
    public Fingerprint add(String part) {
        return add(part.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns 64 hexadecimal digits; to be called once. */
    public String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
