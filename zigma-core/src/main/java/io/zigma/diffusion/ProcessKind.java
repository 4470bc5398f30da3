package io.zigma.diffusion;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.zigma.base.Setting;
import io.zigma.base.Settings;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A kind of {@link DiffusionProcess}: its name, its settings, and how it is read from and written
 * to files. A new process is a file of its own and a line in {@link Processes}.
 */
public interface ProcessKind {

    /**
     * Returns the name that users write.
     *
     * @return lower case
     */
    String name();

    /**
     * Describes the process in one line, for help.
     *
     * @return without a full stop
     */
    String purpose();

    /**
     * Returns all settings.
     *
     * @return in the order of help and files
     */
    List<Setting> settings();

    /**
     * Makes a process.
     *
     * @param values of {@link #settings}
     * @return the process
     * @throws IllegalArgumentException if the values do not fit together
     */
    DiffusionProcess create(Settings values);

    /**
     * Makes a process from what a user wrote.
     *
     * @param given values by name; what is left out has its default
     * @return the process
     * @throws IllegalArgumentException if a name is unknown, a value not allowed, or the values do
     *     not fit together
     */
    default DiffusionProcess create(Map<String, String> given) {
        return create(Settings.of("process " + name(), settings(), given));
    }

    /**
     * Reads a process of this kind.
     *
     * @param json what {@link Processes#write} wrote
     * @return the process
     * @throws CheckpointException if a field is unknown or its value not allowed
     */
    default DiffusionProcess read(Fields json) throws CheckpointException {
        Set<String> known = new LinkedHashSet<>(List.of(Processes.NAME));
        settings().forEach(setting -> known.add(field(setting.name())));
        json.only(known.toArray(String[]::new));
        Map<String, String> given = new LinkedHashMap<>();
        for (Setting setting : settings()) {
            if (json.has(field(setting.name()))) {
                JsonElement value = json.json().get(field(setting.name()));
                given.put(
                        setting.name(),
                        value instanceof JsonPrimitive ? value.getAsString() : value.toString());
            }
        }
        try {
            return create(given);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(e.getMessage(), e);
        }
    }

    /**
     * Writes a process of this kind; numbers and booleans are written as such.
     *
     * @param process one of this kind
     * @return all its settings, and its name
     */
    default JsonObject write(DiffusionProcess process) {
        JsonObject json = new JsonObject();
        json.addProperty(Processes.NAME, name());
        process.settings().forEach((name, value) -> json.add(field(name), primitive(value)));
        return json;
    }

    /** Fields of files have underscores where options have hyphens. */
    private static String field(String setting) {
        return setting.replace('-', '_');
    }

    private static JsonPrimitive primitive(String value) {
        if (value.equals("true") || value.equals("false")) {
            return new JsonPrimitive(Boolean.valueOf(value));
        }
        try {
            double number = Double.parseDouble(value);
            return number == Math.rint(number) && Math.abs(number) < 1e15
                    ? new JsonPrimitive((long) number)
                    : new JsonPrimitive(number);
        } catch (NumberFormatException e) {
            return new JsonPrimitive(value);
        }
    }
}
