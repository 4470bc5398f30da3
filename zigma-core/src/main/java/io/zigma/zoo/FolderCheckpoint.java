package io.zigma.zoo;

import java.nio.file.Path;

/**
 * A checkpoint in a folder, used in place.
 *
 * @param folder the folder
 */
record FolderCheckpoint(Path folder) implements CheckpointSource {}
