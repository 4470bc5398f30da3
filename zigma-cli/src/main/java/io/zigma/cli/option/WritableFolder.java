package io.zigma.cli.option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes sure that results will find a place before hours are spent on them. */
public final class WritableFolder {

    private WritableFolder() {}

    /**
     * Tries whether files can be made in a folder, or in the nearest one above it that exists.
     * Permissions alone would not tell: a folder may lie on a read-only or special file system.
     *
     * @param folder where files shall go
     * @param wanted what shall be written, for the refusal
     * @throws IOException if no file can be made there
     */
    public static void require(Path folder, Path wanted) throws IOException {
        Path existing = folder.toAbsolutePath().normalize();
        while (existing.getParent() != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        try {
            Files.delete(Files.createTempFile(existing, ".zigma", ".probe"));
        } catch (IOException e) {
            throw new IOException(
                    "%s cannot be written: you may not write to folder %s"
                            .formatted(wanted, existing),
                    e);
        }
    }
}
