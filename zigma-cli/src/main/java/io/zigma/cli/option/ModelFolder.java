package io.zigma.cli.option;

import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.checkpoint.CodecFolder;
import io.zigma.checkpoint.NoisyClassifierFolder;
import io.zigma.eval.feature.ClassifierFolder;
import io.zigma.train.run.CheckpointStore;
import io.zigma.train.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.cli.Option;

/**
 * The folder of {@code --model}: a checkpoint folder, or a run folder, which means its newest
 * checkpoint.
 */
public final class ModelFolder {

    /** The option itself, the same in every command. */
    public static final Option MODEL =
            Flags.value(
                    "m",
                    "model",
                    "DIR",
                    "checkpoint folder, or a run folder for its newest checkpoint");

    private ModelFolder() {}

    /**
     * Opens what the user named.
     *
     * @throws IOException if it is missing or no checkpoint
     */
    public static CheckpointFolder open(Arguments arguments) throws IOException {
        return open(arguments.requiredPath(MODEL));
    }

    /**
     * Opens a checkpoint folder, or the newest checkpoint of a run folder.
     *
     * @throws IOException if it is missing or neither
     */
    public static CheckpointFolder open(Path folder) throws IOException {
        if (ClassifierFolder.isIn(folder) || NoisyClassifierFolder.isIn(folder)) {
            throw new IOException(
                    "%s holds a classifier, which takes pictures and makes none; name a model's folder"
                            .formatted(folder));
        }
        if (CodecFolder.isIn(folder)) {
            throw new IOException(
                    "%s holds a codec, which decodes a model's latents and makes none; name a model's folder"
                            .formatted(folder));
        }
        RunFolder run = new RunFolder(folder);
        if (!Files.isDirectory(run.checkpointsFolder())) {
            return CheckpointFolder.open(folder);
        }
        return CheckpointFolder.open(
                new CheckpointStore(run)
                        .newest()
                        .orElseThrow(
                                () ->
                                        new IOException(
                                                "%s holds no finished checkpoint; train on, or name another folder"
                                                        .formatted(run.checkpointsFolder()))));
    }
}
