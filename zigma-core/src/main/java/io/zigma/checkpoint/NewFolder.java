package io.zigma.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.UUID;

/** A place for a checkpoint folder that is there as a whole or not at all. */
final class NewFolder {

    private final Path folder;

    private NewFolder(Path folder) {
        this.folder = folder;
    }

    /** Reads all weights of a model. */
    @FunctionalInterface
    interface Weights {
        Map<String, NDArray> read(NDManager manager) throws IOException;
    }

    /**
     * Takes a place.
     *
     * @param folder must not exist, or be empty
     * @throws CheckpointException if something is there
     */
    static NewFolder of(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return new NewFolder(folder);
        }
        if (!Files.isDirectory(folder)) {
            throw new CheckpointException("%s is a file; name a new folder".formatted(folder));
        }
        try (DirectoryStream<Path> content = Files.newDirectoryStream(folder)) {
            if (content.iterator().hasNext()) {
                throw new CheckpointException(
                        "%s is not empty; name a new folder".formatted(folder));
            }
        }
        return new NewFolder(folder);
    }

    /**
     * Reads weights and writes them with their description.
     *
     * @return the new checkpoint
     * @throws IOException if reading or writing fails; nothing is left behind then
     */
    CheckpointFolder write(CheckpointConfig config, Weights weights) throws IOException {
        Path place = folder.toAbsolutePath().normalize();
        try (NDManager manager = NDManager.newBaseManager()) {
            Map<String, NDArray> arrays = weights.read(manager);
            Path beside =
                    place.resolveSibling(
                            "%s.%s.part".formatted(place.getFileName(), UUID.randomUUID()));
            Files.createDirectories(beside);
            try {
                CheckpointFolder.write(beside, config, arrays, SafetensorsType.F32);
                Files.deleteIfExists(place);
                Files.move(beside, place, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                delete(beside);
            }
        }
        return CheckpointFolder.open(folder);
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (DirectoryStream<Path> content = Files.newDirectoryStream(folder)) {
            for (Path entry : content) {
                Files.delete(entry);
            }
        }
        Files.delete(folder);
    }
}
