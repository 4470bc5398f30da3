package io.zigma.zoo;

import io.zigma.checkpoint.CheckpointFolder;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Packs checkpoints as people do. */
final class Packing {

    private Packing() {}

    /**
     * Writes all files of a checkpoint into an archive.
     *
     * @param prefix the folder in the archive with a slash at its end, empty for its root
     */
    static Path zip(CheckpointFolder checkpoint, Path archive, String prefix) throws IOException {
        List<Path> files;
        try (Stream<Path> listed = Files.list(checkpoint.path())) {
            files = listed.filter(Files::isRegularFile).sorted().toList();
        }
        try (OutputStream stream = Files.newOutputStream(archive);
                ZipOutputStream zip = new ZipOutputStream(stream)) {
            zip.putNextEntry(new ZipEntry("META-INF/"));
            zip.closeEntry();
            for (Path file : files) {
                zip.putNextEntry(new ZipEntry(prefix + file.getFileName()));
                Files.copy(file, zip);
                zip.closeEntry();
            }
        }
        return archive;
    }
}
