package io.zigma.checkpoint;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Typed access to one object of {@code config.json}; every refusal names the file and the field.
 */
final class Fields {

    private final String file;
    private final String path;
    private final JsonObject object;

    Fields(String file, JsonObject object) {
        this(file, "", object);
    }

    private Fields(String file, String path, JsonObject object) {
        this.file = file;
        this.path = path;
        this.object = object;
    }

    /** Refuses fields that nobody asked for: they would be silently ignored. */
    Fields only(String... known) throws CheckpointException {
        Set<String> surplus = new TreeSet<>(object.keySet());
        surplus.removeAll(List.of(known));
        if (!surplus.isEmpty()) {
            throw new CheckpointException(
                    "%s has unknown fields %s; was it written by a newer version?"
                            .formatted(file, surplus.stream().map(name -> path + name).toList()));
        }
        return this;
    }

    boolean has(String name) {
        return object.has(name) && !object.get(name).isJsonNull();
    }

    Fields object(String name) throws CheckpointException {
        if (required(name) instanceof JsonObject child) {
            return new Fields(file, path + name + ".", child);
        }
        throw wrong(name, "an object");
    }

    JsonObject json() {
        return object;
    }

    int integer(String name) throws CheckpointException {
        double value = number(name);
        if (value != Math.rint(value) || Math.abs(value) > Integer.MAX_VALUE) {
            throw wrong(name, "a whole number");
        }
        return (int) value;
    }

    double number(String name) throws CheckpointException {
        if (required(name) instanceof JsonPrimitive value && value.isNumber()) {
            double number = value.getAsDouble();
            if (Double.isFinite(number)) {
                return number;
            }
        }
        throw wrong(name, "a number");
    }

    boolean flag(String name) throws CheckpointException {
        if (required(name) instanceof JsonPrimitive value && value.isBoolean()) {
            return value.getAsBoolean();
        }
        throw wrong(name, "true or false");
    }

    String text(String name) throws CheckpointException {
        if (required(name) instanceof JsonPrimitive value && value.isString()) {
            return value.getAsString();
        }
        throw wrong(name, "text");
    }

    <E extends Enum<E>> E choice(String name, Class<E> type) throws CheckpointException {
        String text = text(name);
        for (E constant : type.getEnumConstants()) {
            if (Spelling.of(constant).equals(text)) {
                return constant;
            }
        }
        throw wrong(
                name,
                "one of "
                        + String.join(
                                ", ",
                                Arrays.stream(type.getEnumConstants()).map(Spelling::of).toList()));
    }

    List<String> texts(String name) throws CheckpointException {
        if (!(required(name) instanceof JsonArray array)) {
            throw wrong(name, "a list of texts");
        }
        List<String> texts = new ArrayList<>();
        for (JsonElement element : array) {
            if (!(element instanceof JsonPrimitive text && text.isString())) {
                throw wrong(name, "a list of texts");
            }
            texts.add(text.getAsString());
        }
        return List.copyOf(texts);
    }

    private JsonElement required(String name) throws CheckpointException {
        JsonElement element = object.get(name);
        if (element == null) {
            throw new CheckpointException("%s lacks the field %s%s".formatted(file, path, name));
        }
        return element;
    }

    private CheckpointException wrong(String name, String expected) {
        String shown = String.valueOf(object.get(name));
        return new CheckpointException(
                "%s: %s%s must be %s, not %s"
                        .formatted(
                                file,
                                path,
                                name,
                                expected,
                                shown.length() > 60 ? shown.substring(0, 60) + "…" : shown));
    }
}
