package io.zigma.zoo;

import java.nio.file.Path;

/**
 * A checkpoint in a folder, used where it lies.
 *
 * @param folder the folder
 */
record FolderCheckpoint(Path folder) implements CheckpointSource {}
