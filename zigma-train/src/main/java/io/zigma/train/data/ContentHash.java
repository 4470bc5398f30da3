package io.zigma.train.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * SHA-256 over a list of parts, each preceded by its length so that no two lists give the same
 * bytes.
 */
final class ContentHash {

    private static final int BUFFER_BYTES = 1 << 16;

    private final MessageDigest digest = sha256();

    /** Adds some bytes. */
    void add(byte[] part) {
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(part.length).flip());
        digest.update(part);
    }

    /** Adds some text. */
    void add(String part) {
        add(part.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the hash of everything added, as 64 hexadecimal digits; to be called once. */
    String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Returns the hash of a file's bytes alone, read piece by piece. */
    static byte[] of(Path file) throws IOException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
            }
        }
        return digest.digest();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
