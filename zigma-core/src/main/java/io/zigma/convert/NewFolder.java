package io.zigma.convert;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.checkpoint.Staging;
import io.zigma.engine.EngineStart;
import io.zigma.io.AtomicFile;
import io.zigma.io.CheckpointException;
import io.zigma.io.OutputFolder;
import io.zigma.io.SafetensorsType;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A folder for a checkpoint that is written whole or not at all. */
public final class NewFolder {

    private final Path folder;

    private NewFolder(Path folder) {
        this.folder = folder;
    }

    /** Reads all weights of a model. */
    @FunctionalInterface
    public interface Weights {
        /**
         * Reads them.
         *
         * @param manager owner of the arrays
         * @return all parameters of the model by official name, float32
         * @throws IOException if the file that holds them cannot be read or is damaged
         */
        Map<String, NDArray> read(NDManager manager) throws IOException;
    }

    /** Writes the files of a folder. */
    @FunctionalInterface
    public interface Content {

        /**
         * Writes them.
         *
         * @param folder the temporary folder, which gets its name when all is written
         * @throws IOException to leave nothing behind
         */
        void write(Path folder) throws IOException;
    }

    /**
     * Reserves the folder.
     *
     * @param folder must not exist, or be empty
     * @return the folder, of which nothing is written yet
     * @throws CheckpointException if it exists and is not empty
     * @throws IOException if no folder of that name can be made
     */
    public static NewFolder of(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            OutputFolder.requireWritable(folder);
            return new NewFolder(folder);
        }
        if (!Files.isDirectory(folder)) {
            throw new CheckpointException("%s is a file; name a new folder".formatted(folder));
        }
        try (DirectoryStream<Path> content = Files.newDirectoryStream(folder)) {
            for (Path file : content) {
                if (!AtomicFile.isLeftover(file)) {
                    throw new CheckpointException(
                            "%s is not empty; name a new folder".formatted(folder));
                }
            }
        }
        return new NewFolder(folder);
    }

    /**
     * Writes any files.
     *
     * @param content writes them
     * @throws IOException if writing fails; nothing is left behind then
     */
    public void fill(Content content) throws IOException {
        try (Staging staging = Staging.in(folder)) {
            content.write(staging.folder());
            staging.publish();
        }
    }

    /**
     * Reads weights and writes them with their description.
     *
     * @param config the description
     * @param weights read once the folder is known to be writable
     * @return the new checkpoint
     * @throws IOException if reading or writing fails; nothing is left behind then
     */
    public CheckpointFolder write(CheckpointConfig config, Weights weights) throws IOException {
        try (NDManager manager = EngineStart.newManager()) {
            Map<String, NDArray> arrays = weights.read(manager);
            try (Staging staging = Staging.in(folder)) {
                CheckpointFolder.write(staging.folder(), config, arrays, SafetensorsType.F32);
                staging.publish();
            }
        }
        return CheckpointFolder.open(folder);
    }
}
