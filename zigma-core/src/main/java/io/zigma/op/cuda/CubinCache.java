package io.zigma.op.cuda;

import io.zigma.io.AtomicFile;
import io.zigma.io.ContentHash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compiled kernels on the disk, under the SHA-256 of all that they depend on. A file holds the
 * SHA-256 of the code, then the code: one that was damaged counts as absent.
 *
 * <p>What cannot be written is compiled anew by the next process, which is said once.
 */
final class CubinCache {

    private static final Logger LOGGER = LoggerFactory.getLogger(CubinCache.class);

    private final @Nullable Path folder;
    private boolean complained;

    /**
     * Creates the cache.
     *
     * @param folder where; made when it is needed; null to keep nothing
     */
    CubinCache(@Nullable Path folder) {
        this.folder = folder;
    }

    /** Returns the key of a file's code. */
    static String key(String compiler, String source, List<String> options) {
        ContentHash hash = new ContentHash().add(compiler).add(source);
        options.forEach(hash::add);
        return hash.hex();
    }

    /** Returns the code under a key, if it is there and whole. */
    Optional<byte[]> read(String key) {
        if (folder == null) {
            return Optional.empty();
        }
        try {
            byte[] bytes = Files.readAllBytes(file(folder, key));
            if (bytes.length <= ContentHash.BYTES) {
                return Optional.empty();
            }
            byte[] code = Arrays.copyOfRange(bytes, ContentHash.BYTES, bytes.length);
            return Arrays.equals(
                            ContentHash.of(code), 0, ContentHash.BYTES, bytes, 0, ContentHash.BYTES)
                    ? Optional.of(code)
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Stores code under a key, in place of what is there. */
    synchronized void write(String key, byte[] code) {
        if (folder == null) {
            return;
        }
        try {
            Files.createDirectories(folder);
            AtomicFile.write(
                    file(folder, key),
                    channel -> {
                        channel.write(ByteBuffer.wrap(ContentHash.of(code)));
                        ByteBuffer rest = ByteBuffer.wrap(code);
                        while (rest.hasRemaining()) {
                            channel.write(rest);
                        }
                    });
        } catch (IOException e) {
            if (!complained) {
                complained = true;
                LOGGER.warn("GPU kernels are compiled at every start: {}", e.toString());
            }
        }
    }

    private static Path file(Path folder, String key) {
        return folder.resolve(key + ".cubin");
    }
}
