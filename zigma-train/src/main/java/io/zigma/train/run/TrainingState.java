package io.zigma.train.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.zigma.io.AtomicFile;
import io.zigma.io.SafetensorsFile;
import io.zigma.io.SafetensorsWriter;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run needs beside the EMA weights to resume as if it had not stopped: {@code
 * training.safetensors} and {@code training.json}.
 *
 * <p>All random numbers are functions of the seed and the step, so the step is the random state,
 * and the position in the data follows from the step.
 *
 * @param step steps taken
 * @param seed the run's seed
 * @param dataStart steps that were taken before the run started with its present data, 0 unless the
 *     data was changed
 * @param position images taken from the present data so far
 * @param rate learning rate of the next step, for people; the schedule itself is in the
 *     configuration
 * @param optimizerSteps steps the optimiser's bias correction counts
 * @param emaUpdates number of updates of the EMA
 * @param config the training configuration
 * @param weights the raw weights by name
 * @param firstMoments the optimiser's running means of the gradients by name
 * @param secondMoments its running means of the squared gradients by name, for weights that have
 *     one
 * @param times what the distribution of times has learnt ({@link
 *     io.zigma.diffusion.TimeSampler#state}), empty if it learns nothing
 */
@SuppressWarnings("ArrayRecordComponent") // a state is never compared with another
public record TrainingState(
        long step,
        long seed,
        long dataStart,
        long position,
        double rate,
        long optimizerSteps,
        long emaUpdates,
        JsonObject config,
        Map<String, NDArray> weights,
        Map<String, NDArray> firstMoments,
        Map<String, NDArray> secondMoments,
        double[] times) {

    private static final String JSON = "training.json";
    private static final String TENSORS = "training.safetensors";
    private static final String WEIGHTS = "weights.";
    private static final String FIRST = "first_moment.";
    private static final String SECOND = "second_moment.";
    private static final String TIMES = "times";

    /**
     * Writes both files.
     *
     * @param folder an existing folder
     * @throws IOException if they cannot be written
     */
    public void write(Path folder) throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        if (times.length
                > 0) { // first, where 8 bytes are aligned; runs of earlier versions have none
            writer.doubles(TIMES, new long[] {times.length}, times);
        }
        weights.forEach((name, array) -> writer.array(WEIGHTS + name, array));
        firstMoments.forEach((name, array) -> writer.array(FIRST + name, array));
        secondMoments.forEach((name, array) -> writer.array(SECOND + name, array));
        writer.write(folder.resolve(TENSORS));
        JsonObject json = new JsonObject();
        json.addProperty("step", step);
        json.addProperty("seed", seed);
        if (dataStart != 0) { // runs of earlier versions have none
            json.addProperty("data_start", dataStart);
        }
        json.addProperty("position", position);
        json.addProperty("learning_rate", rate);
        json.addProperty("optimizer_steps", optimizerSteps);
        json.addProperty("ema_updates", emaUpdates);
        json.add("training", config);
        String text = new GsonBuilder().setPrettyPrinting().create().toJson(json);
        AtomicFile.writeText(folder.resolve(JSON), text + "\n");
    }

    /**
     * Reads both files.
     *
     * @param folder a checkpoint of a run
     * @param manager owner of the arrays
     * @return the state
     * @throws RunException if a file is missing or is not what it should be
     * @throws IOException if reading fails
     */
    public static TrainingState read(Path folder, NDManager manager) throws IOException {
        try (SafetensorsFile tensors = SafetensorsFile.open(folder.resolve(TENSORS))) {
            JsonObject json = json(folder);
            return new TrainingState(
                    json.get("step").getAsLong(),
                    json.get("seed").getAsLong(),
                    json.has("data_start") ? json.get("data_start").getAsLong() : 0,
                    json.get("position").getAsLong(),
                    json.get("learning_rate").getAsDouble(),
                    json.get("optimizer_steps").getAsLong(),
                    json.get("ema_updates").getAsLong(),
                    json.getAsJsonObject("training"),
                    arrays(tensors, WEIGHTS, manager),
                    arrays(tensors, FIRST, manager),
                    arrays(tensors, SECOND, manager),
                    tensors.names().contains(TIMES) ? tensors.doubles(TIMES) : new double[0]);
        } catch (ClassCastException
                | IllegalStateException
                | NumberFormatException
                | NullPointerException e) {
            throw damaged(folder, e);
        }
    }

    /**
     * Reads only how the run was configured.
     *
     * @param folder a checkpoint of a run
     * @return the training configuration as it was written
     * @throws RunException if the file is missing or is not what it should be
     * @throws IOException if reading fails
     */
    public static JsonObject readConfig(Path folder) throws IOException {
        if (json(folder).get("training") instanceof JsonObject config) {
            return config;
        }
        throw damaged(folder, null);
    }

    /**
     * Reads only how far a run is.
     *
     * @param folder a checkpoint of a run
     * @return steps taken
     * @throws RunException if the file is missing or is not what it should be
     * @throws IOException if reading fails
     */
    public static long readStep(Path folder) throws IOException {
        try {
            return json(folder).get("step").getAsLong();
        } catch (ClassCastException
                | IllegalStateException
                | NumberFormatException
                | NullPointerException e) {
            throw damaged(folder, e);
        }
    }

    private static JsonObject json(Path folder) throws IOException {
        Path file = folder.resolve(JSON);
        if (!Files.isRegularFile(file)) {
            throw new RunException(
                    folder
                            + " has no "
                            + JSON
                            + ", so it can be sampled from but not trained further");
        }
        try {
            return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        } catch (JsonParseException | IllegalStateException | CharacterCodingException e) {
            throw damaged(folder, e);
        }
    }

    private static RunException damaged(Path folder, @Nullable Exception cause) {
        return new RunException(
                folder.resolve(JSON)
                        + " is damaged; remove its folder to resume from the checkpoint before it",
                cause);
    }

    private static Map<String, NDArray> arrays(
            SafetensorsFile tensors, String prefix, NDManager manager) throws IOException {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        for (String name : tensors.names()) {
            if (name.startsWith(prefix)) {
                arrays.put(name.substring(prefix.length()), tensors.read(manager, name));
            }
        }
        return arrays;
    }
}
