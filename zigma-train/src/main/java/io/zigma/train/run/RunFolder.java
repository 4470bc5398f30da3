package io.zigma.train.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Where a run keeps what: {@code config.json}, {@code log.jsonl}, TensorBoard's event files, {@code
 * samples/STEP.png} and {@code checkpoints/STEP/}.
 *
 * @param root the folder itself
 */
public record RunFolder(Path root) {

    /**
     * Makes the folder of a new run.
     *
     * @param root a folder that does not exist, or holds no run with anything to continue from
     * @return the folder, with its sub-folders
     * @throws RunException if there is a run with a checkpoint in it already
     * @throws IOException if it cannot be made
     */
    public static RunFolder create(Path root) throws IOException {
        if (Files.exists(root) && !Files.isDirectory(root)) {
            throw new RunException(root + " is a file; give a folder for the run");
        }
        RunFolder run = new RunFolder(root);
        Files.createDirectories(run.samplesFolder());
        Files.createDirectories(run.checkpointsFolder());
        if (new CheckpointStore(run).newest().isPresent()) {
            throw new RunException(
                    root
                            + " already holds a run; continue it with --resume, or give another"
                            + " folder");
        }
        return run;
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
        if (!Files.isRegularFile(run.configFile())) {
            throw new RunException(
                    root
                            + " holds no run (it has no config.json); leave out --resume to start a"
                            + " new one");
        }
        Files.createDirectories(run.samplesFolder());
        Files.createDirectories(run.checkpointsFolder());
        return run;
    }

    /**
     * Returns the file that says how the run was asked for.
     *
     * @return config.json
     */
    public Path configFile() {
        return root.resolve("config.json");
    }

    /**
     * Writes config.json, whole or not at all.
     *
     * @param json its text
     * @throws IOException if it cannot be written
     */
    public void writeConfig(String json) throws IOException {
        Durable.write(configFile(), json);
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
     * Returns where the picture of a step goes.
     *
     * @param step steps taken
     * @return samples/STEP.png
     */
    public Path sampleFile(long step) {
        return samplesFolder().resolve(stepName(step) + ".png");
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
     * Returns a step as it stands in names: eight digits, so that names sort like numbers.
     *
     * @param step steps taken
     * @return the number, padded with zeros
     */
    static String stepName(long step) {
        return String.format(Locale.ROOT, "%08d", step);
    }
}
