package io.zigma.train.card;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.zigma.checkpoint.CheckpointConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * Data that a run was trained on before it went on with other data.
 *
 * @param name name of the data set
 * @param images how many pictures it had
 * @param hash SHA-256 of its pictures and labels
 * @param untilStep the last step that was trained on it
 */
public record EarlierData(String name, int images, String hash, long untilStep) {

    private static final String BEFORE = "before";
    private static final String NAME = "name";
    private static final String IMAGES = "images";
    private static final String UNTIL = "until_step";

    /**
     * Returns what a checkpoint's model was trained on before its present data.
     *
     * @param checkpoint its description
     * @return the oldest first
     */
    public static List<EarlierData> of(CheckpointConfig checkpoint) {
        List<EarlierData> all = new ArrayList<>();
        if (checkpoint.data().get(BEFORE) instanceof JsonArray before) {
            for (JsonElement entry : before) {
                if (entry instanceof JsonObject json) {
                    all.add(read(json, (long) number(json, UNTIL)));
                }
            }
        }
        return all;
    }

    /**
     * Returns the same with the checkpoint's present data, which is left behind now.
     *
     * @param checkpoint its description
     * @param step steps taken
     * @return the oldest first
     */
    public static List<EarlierData> with(CheckpointConfig checkpoint, long step) {
        List<EarlierData> all = of(checkpoint);
        all.add(read(checkpoint.data(), step));
        return all;
    }

    private static EarlierData read(JsonObject json, long untilStep) {
        return new EarlierData(
                text(json, NAME),
                (int) number(json, IMAGES),
                text(json, RunFacts.DATA_HASH),
                untilStep);
    }

    private static String text(JsonObject json, String name) {
        return json.get(name) instanceof JsonPrimitive value ? value.getAsString() : "";
    }

    private static double number(JsonObject json, String name) {
        return json.get(name) instanceof JsonPrimitive value && value.isNumber()
                ? value.getAsDouble()
                : 0;
    }

    /** Adds a list to the description of the present data. */
    static void write(List<EarlierData> all, JsonObject data) {
        if (all.isEmpty()) {
            return;
        }
        JsonArray before = new JsonArray();
        for (EarlierData earlier : all) {
            JsonObject json = new JsonObject();
            json.addProperty(NAME, earlier.name);
            json.addProperty(IMAGES, earlier.images);
            json.addProperty(RunFacts.DATA_HASH, earlier.hash);
            json.addProperty(UNTIL, earlier.untilStep);
            before.add(json);
        }
        data.add(BEFORE, before);
    }
}
