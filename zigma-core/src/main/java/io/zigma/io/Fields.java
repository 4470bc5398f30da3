package io.zigma.io;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.zigma.base.Spelling;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** Typed access to one object of a JSON file; every error message names the file and the field. */
public final class Fields {

    /**
     * Largest size of a description in bytes: it has a few kilobytes, and a larger file is
     * something else and would only fill the memory.
     */
    public static final int LARGEST_FILE = 1 << 20;

    private final String file;
    private final String path;
    private final JsonObject object;

    /**
     * Reads a file that holds one JSON object.
     *
     * @param file a description such as {@code config.json}
     * @return its fields
     * @throws CheckpointException if it is too large or no JSON object
     * @throws IOException if it cannot be read
     */
    public static Fields read(Path file) throws IOException {
        if (Files.size(file) > LARGEST_FILE) {
            throw new CheckpointException(
                    "%s has %s bytes, far more than a description needs"
                            .formatted(file, Files.size(file)));
        }
        try {
            if (JsonParser.parseString(Files.readString(file)) instanceof JsonObject object) {
                return new Fields(file.toString(), object);
            }
            throw new CheckpointException("%s is not a JSON object".formatted(file));
        } catch (JsonParseException | CharacterCodingException e) {
            throw new CheckpointException("%s is not valid JSON".formatted(file), e);
        } catch (StackOverflowError e) {
            throw new CheckpointException("%s is nested too deeply".formatted(file), e);
        }
    }

    /**
     * Wraps an object that is in memory already.
     *
     * @param name its name for error messages
     * @param object the object
     * @return its fields
     */
    public static Fields of(String name, JsonObject object) {
        return new Fields(name, object);
    }

    Fields(String file, JsonObject object) {
        this(file, "", object);
    }

    private Fields(String file, String path, JsonObject object) {
        this.file = file;
        this.path = path;
        this.object = object;
    }

    /**
     * Returns whether these are the fields of a format, by their field {@code format}.
     *
     * @param format the format's name
     * @return true if that field has this value
     * @throws CheckpointException if that field is something else than text
     */
    public boolean isOf(String format) throws CheckpointException {
        return has("format") && text("format").equals(format);
    }

    /**
     * Checks that this describes the right thing, in a known version of its format.
     *
     * @param described what is described, for the error message
     * @param format the format's name, which the field {@code format} must have
     * @param newest the newest version that can be read; the oldest is 1
     * @return the value of the field {@code version}
     * @throws CheckpointException if one of the two is missing or something else
     */
    @CanIgnoreReturnValue
    public int requireFormat(String described, String format, int newest)
            throws CheckpointException {
        if (!isOf(format)) {
            throw new CheckpointException(
                    "%s does not describe %s: its format is not \"%s\""
                            .formatted(file, described, format));
        }
        int version = integer("version");
        if (version < 1 || version > newest) {
            throw new CheckpointException(
                    "%s has format version %s, this program reads version %s"
                            .formatted(file, version, newest == 1 ? "1" : "1 to " + newest));
        }
        return version;
    }

    /**
     * Checks that there are no unknown fields: they would be silently ignored.
     *
     * @param known names of all fields there may be
     * @return these fields
     * @throws CheckpointException if there are others
     */
    @CanIgnoreReturnValue
    public Fields only(String... known) throws CheckpointException {
        Set<String> surplus = new TreeSet<>(object.keySet());
        surplus.removeAll(List.of(known));
        if (!surplus.isEmpty()) {
            throw new CheckpointException(
                    "%s has unknown fields %s; was it written by a newer version?"
                            .formatted(file, surplus.stream().map(name -> path + name).toList()));
        }
        return this;
    }

    /**
     * Returns the same object without some fields.
     *
     * @param names of the fields to leave out
     * @return fields with the same names in error messages
     */
    public Fields without(String... names) {
        JsonObject rest = object.deepCopy();
        for (String name : names) {
            rest.remove(name);
        }
        return new Fields(file, path, rest);
    }

    /**
     * Returns other fields of the same file.
     *
     * @param content the content in a newer version of the format
     * @return fields that error messages name as if they were in the file
     */
    public Fields withContent(JsonObject content) {
        return new Fields(file, path, content);
    }

    /**
     * Returns where the fields come from.
     *
     * @return the file's path
     */
    public String file() {
        return file;
    }

    /**
     * Returns whether there is a field that is not null.
     *
     * @param name its name
     * @return true if it is there
     */
    public boolean has(String name) {
        return object.has(name) && !object.get(name).isJsonNull();
    }

    /**
     * Returns an object within this one.
     *
     * @param name its name
     * @return its fields
     * @throws CheckpointException if it is missing or something else
     */
    public Fields object(String name) throws CheckpointException {
        if (required(name) instanceof JsonObject child) {
            return new Fields(file, path + name + ".", child);
        }
        throw wrong(name, "an object");
    }

    /**
     * Returns the object itself.
     *
     * @return all fields as they are
     */
    public JsonObject json() {
        return object;
    }

    /**
     * Returns a whole number.
     *
     * @param name its name
     * @return 32 bits
     * @throws CheckpointException if it is missing or something else
     */
    public int integer(String name) throws CheckpointException {
        double value = number(name);
        if (value != Math.rint(value) || Math.abs(value) > Integer.MAX_VALUE) {
            throw wrong(name, "a whole number");
        }
        return (int) value;
    }

    /**
     * Returns a whole number of any size, such as a seed.
     *
     * @param name its name
     * @return 64 bits
     * @throws CheckpointException if it is missing or something else
     */
    public long whole(String name) throws CheckpointException {
        if (required(name) instanceof JsonPrimitive value && value.isNumber()) {
            try {
                return new BigDecimal(value.getAsString()).longValueExact();
            } catch (ArithmeticException | NumberFormatException e) {
                // refused below, like anything else that is no whole number
            }
        }
        throw wrong(name, "a whole number");
    }

    /**
     * Returns a number.
     *
     * @param name its name
     * @return a finite number
     * @throws CheckpointException if it is missing or something else
     */
    public double number(String name) throws CheckpointException {
        if (required(name) instanceof JsonPrimitive value && value.isNumber()) {
            double number = value.getAsDouble();
            if (Double.isFinite(number)) {
                return number;
            }
        }
        throw wrong(name, "a number");
    }

    /**
     * Returns a boolean.
     *
     * @param name its name
     * @return true or false
     * @throws CheckpointException if it is missing or something else
     */
    public boolean flag(String name) throws CheckpointException {
        if (required(name) instanceof JsonPrimitive value && value.isBoolean()) {
            return value.getAsBoolean();
        }
        throw wrong(name, "true or false");
    }

    /**
     * Returns a text.
     *
     * @param name its name
     * @return any text
     * @throws CheckpointException if it is missing or something else
     */
    public String text(String name) throws CheckpointException {
        if (required(name) instanceof JsonPrimitive value && value.isString()) {
            return value.getAsString();
        }
        throw wrong(name, "text");
    }

    /**
     * Returns a choice as {@link Spelling} has it.
     *
     * @param name its name
     * @param type what there is to choose from
     * @param <E> the same
     * @return the constant of that spelling
     * @throws CheckpointException if it is missing or something else
     */
    public <E extends Enum<E>> E choice(String name, Class<E> type) throws CheckpointException {
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

    /**
     * Reads a text that has its own parser.
     *
     * @param name its name
     * @param parser throws an IllegalArgumentException that says what is allowed
     * @param <T> type of the value
     * @return the parser's result
     * @throws CheckpointException if it is missing, something else, or refused by the parser
     */
    public <T> T parsed(String name, Function<String, T> parser) throws CheckpointException {
        String text = text(name);
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(
                    "%s: %s%s: %s".formatted(file, path, name, e.getMessage()), e);
        }
    }

    /**
     * Returns all fields as text, for those that are read elsewhere.
     *
     * @return text, numbers and truths as they are written, by name
     * @throws CheckpointException if one is something else
     */
    public Map<String, String> values() throws CheckpointException {
        Map<String, String> values = new LinkedHashMap<>();
        for (Map.Entry<String, JsonElement> field : object.entrySet()) {
            if (!field.getValue().isJsonPrimitive()) {
                throw new CheckpointException(
                        "%s: %s%s should be text or a number, not %s"
                                .formatted(file, path, field.getKey(), field.getValue()));
            }
            values.put(field.getKey(), field.getValue().getAsString());
        }
        return values;
    }

    /**
     * Returns a list of texts.
     *
     * @param name its name
     * @return the texts in order
     * @throws CheckpointException if it is missing or something else
     */
    public List<String> texts(String name) throws CheckpointException {
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

    /**
     * Returns a list of whole numbers.
     *
     * @param name its name
     * @return the numbers in order
     * @throws CheckpointException if it is missing or something else
     */
    public List<Integer> integers(String name) throws CheckpointException {
        if (!(required(name) instanceof JsonArray array)) {
            throw wrong(name, "a list of whole numbers");
        }
        List<Integer> numbers = new ArrayList<>();
        for (JsonElement element : array) {
            if (!(element instanceof JsonPrimitive number
                    && number.isNumber()
                    && number.getAsDouble() == (int) number.getAsDouble())) {
                throw wrong(name, "a list of whole numbers");
            }
            numbers.add((int) number.getAsDouble());
        }
        return List.copyOf(numbers);
    }

    /**
     * Returns a list of numbers.
     *
     * @param name its name
     * @return finite numbers in order
     * @throws CheckpointException if it is missing or something else
     */
    public List<Double> numbers(String name) throws CheckpointException {
        if (!(required(name) instanceof JsonArray array)) {
            throw wrong(name, "a list of numbers");
        }
        List<Double> numbers = new ArrayList<>();
        for (JsonElement element : array) {
            if (!(element instanceof JsonPrimitive number
                    && number.isNumber()
                    && Double.isFinite(number.getAsDouble()))) {
                throw wrong(name, "a list of numbers");
            }
            numbers.add(number.getAsDouble());
        }
        return List.copyOf(numbers);
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
