package io.zigma.cli.option;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.zigma.io.OutputFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Prompts from a file or from standard input, one a line, in UTF-8. Spaces around a prompt do not
 * count; blank lines and those that begin with {@code #} are passed over; {@code \#} begins a
 * prompt with that sign. Of a {@code .jsonl} file each line is a JSON object whose field {@code
 * text} is the prompt.
 */
final class PromptLines {

    private static final long LARGEST_FILE = 64L << 20;
    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final String TEXT = "text";

    private PromptLines() {}

    /**
     * Reads prompts.
     *
     * @param file or {@code -} for standard input
     * @return at least one
     * @throws IOException if it cannot be read, is no text, or holds none
     */
    static List<String> read(Path file) throws IOException {
        boolean standardInput = OutputFile.isStandardOutput(file);
        String name = standardInput ? "standard input" : file.toString();
        byte[] bytes = standardInput ? System.in.readNBytes((int) LARGEST_FILE + 1) : bytes(file);
        if (bytes.length > LARGEST_FILE) {
            throw new IOException("%s is too large for a list of prompts".formatted(name));
        }
        boolean json = name.toLowerCase(Locale.ROOT).endsWith(".jsonl");
        List<String> prompts = new ArrayList<>();
        int number = 0;
        for (String line : text(bytes, name).split("\r\n|\n|\r", -1)) {
            number++;
            String stripped = line.strip();
            if (stripped.isEmpty() || stripped.startsWith("#")) {
                continue;
            }
            prompts.add(
                    json
                            ? field(stripped, name, number)
                            : stripped.startsWith("\\#") ? stripped.substring(1) : stripped);
        }
        if (prompts.isEmpty()) {
            throw new IOException("%s holds no prompt; write one a line".formatted(name));
        }
        return prompts;
    }

    private static byte[] bytes(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException("%s is a folder, not a list of prompts".formatted(file));
        }
        if (Files.isRegularFile(file) && Files.size(file) > LARGEST_FILE) {
            throw new IOException("%s is too large for a list of prompts".formatted(file));
        }
        return Files.readAllBytes(file);
    }

    private static String text(byte[] bytes, String name) throws IOException {
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new IOException("%s is no text in UTF-8; save it as such".formatted(name), e);
        }
    }

    private static String field(String line, String name, int number) throws IOException {
        try {
            if (JsonParser.parseString(line) instanceof JsonObject object
                    && object.get(TEXT) instanceof JsonPrimitive text
                    && text.isString()) {
                return text.getAsString();
            }
        } catch (JsonParseException | StackOverflowError e) {
            throw new IOException("line %s of %s is no JSON".formatted(number, name), e);
        }
        throw new IOException(
                "line %s of %s is no JSON object with a text \"%s\"".formatted(number, name, TEXT));
    }
}
