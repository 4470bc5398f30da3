package io.zigma.io;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;

/** The text of JSON files that people read too. */
public final class JsonText {

    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private JsonText() {}

    /**
     * Writes JSON with one field a line, indented by two spaces.
     *
     * @param json an object with finite numbers
     * @return its text, ended by a line break
     */
    public static String of(JsonElement json) {
        return GSON.toJson(json) + "\n";
    }
}
