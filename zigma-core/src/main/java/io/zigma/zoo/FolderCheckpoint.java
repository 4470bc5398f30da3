package io.zigma.zoo;

import io.zigma.checkpoint.CheckpointFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A checkpoint in a folder, used where it lies.
 *
 * @param folder the folder
 */
record FolderCheckpoint(Path folder) implements CheckpointSource {

    /** Tells whether a folder says of itself that it is a checkpoint. */
    static boolean isIn(Path folder) {
        Path config = folder.resolve(CheckpointFolder.CONFIG);
        try {
            return Files.isRegularFile(config)
                    && Files.size(config) <= CheckpointFolder.LARGEST_CONFIG
                    && CheckpointFolder.isDescription(Files.readString(config));
        } catch (IOException e) {
            return false;
        }
    }
}
