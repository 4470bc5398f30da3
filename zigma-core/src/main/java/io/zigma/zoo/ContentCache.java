package io.zigma.zoo;

import ai.djl.util.Utils;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.io.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Unpacked files in folders that are named by the SHA-256 of their content: what changes gets
 * another folder, so that nothing is ever served stale, and two processes that fill one folder
 * write the same.
 *
 * @param root its folder
 */
record ContentCache(Path root) {

    /** Returns the part of DJL's cache that is ours; {@code DJL_CACHE_DIR} decides where. */
    static ContentCache ofDjl() {
        return new ContentCache(Utils.getCacheDir().resolve("zigma"));
    }

    /**
     * Unpacks a checkpoint if that was not done before.
     *
     * <p>Its description contains the hash of its weights, so the description's own hash covers
     * both; weights that do not fit it are refused when they are loaded.
     *
     * @return the folder, named like the model
     */
    Path checkpoint(PackedCheckpoint source) throws IOException {
        byte[] config;
        try (InputStream stream = source.open(CheckpointFolder.CONFIG)) {
            config = PackedCheckpoint.description(stream);
        }
        String hash = HexFormat.of().formatHex(sha256().digest(config));
        Path folder = root.resolve("checkpoints").resolve(hash).resolve(source.name());
        Path weights = folder.resolve(CheckpointFolder.WEIGHTS);
        Path description = folder.resolve(CheckpointFolder.CONFIG);
        if (Files.isRegularFile(weights) && Files.isRegularFile(description)) {
            return folder;
        }
        Files.createDirectories(folder);
        try (InputStream stream = source.open(CheckpointFolder.WEIGHTS)) {
            AtomicFile.write(
                    weights, channel -> stream.transferTo(Channels.newOutputStream(channel)));
        }
        // last, since it is what makes the folder a checkpoint
        AtomicFile.write(description, channel -> Channels.newOutputStream(channel).write(config));
        return folder;
    }

    /**
     * Copies a file out of the class path if that was not done before.
     *
     * @param resource the file
     * @param name what to call the copy
     */
    Path file(URL resource, String name) throws IOException {
        MessageDigest digest = sha256();
        try (InputStream stream = new DigestInputStream(resource.openStream(), digest)) {
            stream.transferTo(OutputStream.nullOutputStream());
        }
        Path folder = root.resolve("resources").resolve(HexFormat.of().formatHex(digest.digest()));
        Path copy = folder.resolve(name);
        if (!Files.isRegularFile(copy)) {
            Files.createDirectories(folder);
            try (InputStream stream = resource.openStream()) {
                AtomicFile.write(
                        copy, channel -> stream.transferTo(Channels.newOutputStream(channel)));
            }
        }
        return copy;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
