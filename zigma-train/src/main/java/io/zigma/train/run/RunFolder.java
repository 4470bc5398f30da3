package io.zigma.train.run;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.zigma.io.AtomicFile;
import io.zigma.io.OutputFolder;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * The files of a run: {@code config.json}, {@code log.jsonl}, TensorBoard's event files, {@code
 * samples/STEP.png}, {@code checkpoints/STEP/}, and where they are wanted {@code captions/}, {@code
 * snapshots/STEP.safetensors} and {@code teacher/}.
 *
 * @param root the folder itself
 */
public record RunFolder(Path root) {

    /** The value of the field {@code format} in a run's {@code config.json}. */
    public static final String FORMAT = "zigma-run";

    /**
     * Refuses a place where a new run would do harm.
     *
     * @param root a folder that may be made
     * @throws RunException if it is a file, holds a run with a checkpoint, or holds another
     *     program's {@code config.json}
     * @throws IOException if it cannot be read
     */
    public static void requireFree(Path root) throws IOException {
        if (Files.exists(root) && !Files.isDirectory(root)) {
            throw new RunException(root + " is a file; give a folder for the run");
        }
        RunFolder run = new RunFolder(root);
        if (Files.exists(run.configFile()) && !run.isRun()) {
            throw new RunException(
                    root
                            + " holds something else (its config.json is no run's); give another"
                            + " folder");
        }
        if (Files.isDirectory(run.checkpointsFolder())
                && new CheckpointStore(run).newest().isPresent()) {
            throw new RunException(
                    root
                            + " already holds a run; continue it with --resume, or give another"
                            + " folder");
        }
    }

    /**
     * Makes the folder of a new run.
     *
     * @param root a folder that does not exist, or holds no run with anything to continue from
     * @return the folder, with its sub-folders
     * @throws RunException if the place is not free
     * @throws IOException if it cannot be made
     */
    public static RunFolder create(Path root) throws IOException {
        requireFree(root);
        return new RunFolder(root).withFolders();
    }

    /**
     * Opens the folder of a run that was begun before.
     *
     * @param root a run folder
     * @return the folder
     * @throws RunException if there is no run in it
     * @throws IOException if it cannot be read
     */
    public static RunFolder open(Path root) throws IOException {
        RunFolder run = new RunFolder(root);
        if (!run.isRun()) {
            throw new RunException(
                    root
                            + " holds no run (no config.json of one); leave out --resume to start a"
                            + " new one");
        }
        return run.withFolders();
    }

    private RunFolder withFolders() throws IOException {
        try {
            Files.createDirectories(OutputFolder.place(root)); // a link may refer to it
            Files.createDirectories(samplesFolder());
            Files.createDirectories(checkpointsFolder());
        } catch (FileSystemException e) {
            throw new RunException(root + " cannot be written to; give another folder", e);
        }
        return this;
    }

    private boolean isRun() throws IOException {
        if (!Files.isRegularFile(configFile())) {
            return false;
        }
        try {
            return JsonParser.parseString(Files.readString(configFile())) instanceof JsonObject json
                    && json.get("format") instanceof JsonPrimitive format
                    && format.getAsString().equals(FORMAT);
        } catch (JsonParseException | CharacterCodingException e) {
            return false;
        }
    }

    /**
     * Returns the file with the run's settings.
     *
     * @return config.json
     */
    public Path configFile() {
        return root.resolve("config.json");
    }

    /**
     * Reads how the run was asked for the last time.
     *
     * @return the training configuration in config.json; empty if there is none
     * @throws IOException if the file cannot be read
     */
    public Optional<JsonObject> readTraining() throws IOException {
        return JsonParser.parseString(Files.readString(configFile())) instanceof JsonObject json
                        && json.get("training") instanceof JsonObject training
                ? Optional.of(training)
                : Optional.empty();
    }

    /**
     * Writes config.json, whole or not at all.
     *
     * @param json its text
     * @throws IOException if it cannot be written
     */
    public void writeConfig(String json) throws IOException {
        AtomicFile.writeText(configFile(), json);
    }

    /**
     * Returns the file with one line an event.
     *
     * @return log.jsonl
     */
    public Path logFile() {
        return root.resolve("log.jsonl");
    }

    /**
     * Returns where sample pictures go.
     *
     * @return samples
     */
    public Path samplesFolder() {
        return root.resolve("samples");
    }

    /**
     * Returns the file for the picture of a step.
     *
     * @param step steps taken
     * @return samples/STEP.png
     */
    public Path sampleFile(long step) {
        return samplesFolder().resolve(stepName(step) + ".png");
    }

    /**
     * Returns where encoded captions go if there is no other place for them.
     *
     * @return captions
     */
    public Path captionsFolder() {
        return root.resolve("captions");
    }

    /**
     * Returns where snapshots of the averages go.
     *
     * @return snapshots
     */
    public Path snapshotsFolder() {
        return root.resolve("snapshots");
    }

    /**
     * Returns where the checkpoint is that a distillation learns from.
     *
     * @return teacher
     */
    public Path teacherFolder() {
        return root.resolve("teacher");
    }

    /**
     * Returns where checkpoints go.
     *
     * @return checkpoints
     */
    public Path checkpointsFolder() {
        return root.resolve("checkpoints");
    }

    /**
     * Returns a step for file names: eight digits, so that names sort like numbers.
     *
     * @param step steps taken
     * @return the number, padded with zeros
     */
    static String stepName(long step) {
        return String.format(Locale.ROOT, "%08d", step);
    }
}
