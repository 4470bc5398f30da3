package io.zigma.eval.attribute;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.zigma.io.ContentHash;
import io.zigma.io.TextFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Prompts to measure a text model with.
 *
 * @param name of the file
 * @param prompts at least one
 */
public record PromptSet(String name, List<Asked> prompts) {

    private static final int LARGEST = 64 << 20;
    private static final String TEXT = "text";
    private static final String FILE_NAME = "file_name";

    /**
     * What is asked for.
     *
     * @param text the prompt
     * @param attributes what the picture should show, by name: {@code colour} → {@code blue}
     */
    public record Asked(String text, Map<String, String> attributes) {}

    /** Copies the list. */
    public PromptSet {
        prompts = List.copyOf(prompts);
    }

    /**
     * Reads prompts from a file.
     *
     * @param file a {@code .jsonl} file, or one with a prompt a line; see {@link #of}
     * @return the prompts in their order
     * @throws IOException if it cannot be read, a line is damaged, or there is none
     */
    public static PromptSet read(Path file) throws IOException {
        return of(TextFile.read(file, "a list of prompts", LARGEST), file.toString());
    }

    /**
     * Reads prompts.
     *
     * <p>Where the name ends in {@code .jsonl} each line is an object with the prompt as {@code
     * text}, or several of which the first counts, and attributes as its other fields; the {@code
     * metadata.jsonl} of a captioned folder is such a file. Else each line is a prompt, without the
     * spaces around it; lines that begin with {@code #} are passed over, and {@code \#} begins a
     * prompt with that sign. Blank lines are passed over.
     *
     * @param bytes text in UTF-8
     * @param name what they are called in messages
     * @return the prompts in their order
     * @throws IOException if a line is damaged, or there is no prompt
     */
    public static PromptSet of(byte[] bytes, String name) throws IOException {
        if (bytes.length > LARGEST) {
            throw new IOException("%s is too large for a list of prompts".formatted(name));
        }
        return of(TextFile.decode(bytes, name), name);
    }

    private static PromptSet of(String text, String name) throws IOException {
        boolean json = name.toLowerCase(Locale.ROOT).endsWith(".jsonl");
        List<Asked> prompts = new ArrayList<>();
        int number = 0;
        for (String line : text.split("\r\n|\n|\r", -1)) {
            number++;
            String stripped = line.strip();
            if (stripped.isEmpty() || (!json && stripped.startsWith("#"))) {
                continue;
            }
            prompts.add(json ? asked(stripped, name, number) : asked(stripped));
        }
        if (prompts.isEmpty()) {
            throw new IOException("%s holds no prompt; write one a line".formatted(name));
        }
        return new PromptSet(name.replaceFirst(".*[/\\\\]", ""), prompts);
    }

    private static Asked asked(String line) {
        return new Asked(line.startsWith("\\#") ? line.substring(1) : line, Map.of());
    }

    private static Asked asked(String line, String name, int number) throws IOException {
        JsonObject object;
        try {
            if (!(JsonParser.parseString(line) instanceof JsonObject parsed)) {
                throw new IOException("line %s of %s is no JSON object".formatted(number, name));
            }
            object = parsed;
        } catch (JsonParseException | StackOverflowError e) {
            throw new IOException("line %s of %s is no JSON".formatted(number, name), e);
        }
        JsonElement text = object.get(TEXT);
        if (text instanceof JsonArray several && !several.isEmpty()) {
            text = several.get(0);
        }
        if (!(text instanceof JsonPrimitive prompt && prompt.isString())) {
            throw new IOException(
                    "line %s of %s has no prompt as \"%s\"".formatted(number, name, TEXT));
        }
        Map<String, String> attributes = new LinkedHashMap<>();
        for (Map.Entry<String, JsonElement> field : object.entrySet()) {
            boolean attribute = !field.getKey().equals(TEXT) && !field.getKey().equals(FILE_NAME);
            if (attribute && field.getValue() instanceof JsonPrimitive value) {
                attributes.put(field.getKey(), value.getAsString());
            }
        }
        return new Asked(prompt.getAsString(), attributes);
    }

    /**
     * Returns the prompts of the first samples, cyclically.
     *
     * @param count how many samples there are
     * @return what is asked of each
     */
    public List<Asked> first(int count) {
        List<Asked> asked = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            asked.add(prompts.get(i % prompts.size()));
        }
        return asked;
    }

    /**
     * Returns the names of the attributes.
     *
     * @return those that at least one prompt has, in the order they come in
     */
    public Set<String> attributes() {
        Set<String> names = new LinkedHashSet<>();
        prompts.forEach(prompt -> names.addAll(prompt.attributes().keySet()));
        return names;
    }

    /**
     * Returns what distinguishes these prompts from others.
     *
     * @return SHA-256 of the texts in their order, as 64 hexadecimal digits
     */
    public String hash() {
        ContentHash hash = new ContentHash();
        prompts.forEach(prompt -> hash.add(prompt.text()));
        return hash.hex();
    }
}
