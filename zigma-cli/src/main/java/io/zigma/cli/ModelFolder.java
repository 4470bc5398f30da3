package io.zigma.cli;

import io.zigma.checkpoint.CheckpointFolder;
import java.io.IOException;
import org.apache.commons.cli.Option;

/** What {@code --model} names: a checkpoint folder. */
final class ModelFolder {

    /** The option itself, the same in every command. */
    static final Option MODEL = Flags.value("m", "model", "DIR", "checkpoint folder");

    private ModelFolder() {}

    /**
     * Opens what the user named.
     *
     * @throws IOException if it is missing or no checkpoint
     */
    static CheckpointFolder open(Arguments arguments) throws IOException {
        return CheckpointFolder.open(arguments.requiredPath(MODEL));
    }
}
