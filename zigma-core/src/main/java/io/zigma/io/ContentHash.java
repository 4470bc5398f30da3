package io.zigma.io;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
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
 * SHA-256 of contents: of a file as {@code sha256sum} prints it, or of a list of parts, each
 * preceded by its length, so that no two lists give the same bytes.
 */
public final class ContentHash {

    /** Bytes of a hash. */
    public static final int BYTES = 32;

    private static final int BUFFER_BYTES = 1 << 16;

    private final MessageDigest digest = sha256();

    /**
     * Adds a part.
     *
     * @param part some bytes
     * @return this
     */
    @CanIgnoreReturnValue
    public ContentHash add(byte[] part) {
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(part.length).flip());
        digest.update(part);
        return this;
    }

    /**
     * Adds a part.
     *
     * @param part some text, taken in UTF-8
     * @return this
     */
    @CanIgnoreReturnValue
    public ContentHash add(String part) {
        return add(part.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Returns the hash of all parts; to be called once.
     *
     * @return 64 lower-case hexadecimal digits
     */
    public String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }

    /**
     * Reads a file once.
     *
     * @param file any file
     * @return SHA-256 of its bytes as 64 lower-case hexadecimal digits
     * @throws IOException if it cannot be read
     */
    public static String ofFile(Path file) throws IOException {
        try (InputStream bytes = Files.newInputStream(file)) {
            return HexFormat.of().formatHex(of(bytes));
        }
    }

    /**
     * Reads a stream to its end, piece by piece.
     *
     * @param bytes any stream; the caller closes it
     * @return SHA-256 of its bytes, {@link #BYTES} long
     * @throws IOException if it cannot be read
     */
    public static byte[] of(InputStream bytes) throws IOException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int count = bytes.read(buffer); count >= 0; count = bytes.read(buffer)) {
            digest.update(buffer, 0, count);
        }
        return digest.digest();
    }

    /**
     * Hashes bytes in memory.
     *
     * @param bytes any bytes
     * @return SHA-256 of them, {@link #BYTES} long
     */
    public static byte[] of(byte[] bytes) {
        return sha256().digest(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
