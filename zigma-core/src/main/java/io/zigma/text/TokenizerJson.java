package io.zigma.text;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads a {@code tokenizer.json} of Hugging Face's tokenizers: which kind of tokenizer it is, its
 * vocabulary and its settings.
 */
final class TokenizerJson {

    private TokenizerJson() {}

    /**
     * Reads a tokenizer.
     *
     * @param file where the text comes from, for refusals
     * @param text the file's content
     * @return the tokenizer
     * @throws CheckpointException if it is damaged, or of a kind that there is none of here
     */
    static Tokenizer read(String file, String text) throws CheckpointException {
        JsonElement json;
        try {
            json = JsonParser.parseString(text);
        } catch (JsonParseException | StackOverflowError e) {
            throw new CheckpointException("%s is not valid JSON".formatted(file), e);
        }
        if (!(json instanceof JsonObject object)) {
            throw new CheckpointException("%s is not a JSON object".formatted(file));
        }
        Fields fields = Fields.of(file, object);
        String type = fields.object("model").text("type");
        try {
            return switch (type) {
                case "WordPiece" -> wordPiece(fields);
                default ->
                        throw new CheckpointException(
                                "%s: a tokenizer of type \"%s\" cannot be read"
                                        .formatted(file, type));
            };
        } catch (IllegalArgumentException e) {
            throw new CheckpointException("%s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static WordPiece wordPiece(Fields fields) throws CheckpointException {
        Fields model = fields.object("model");
        Fields normalizer = fields.object("normalizer");
        requireType(normalizer, "BertNormalizer");
        requireType(fields.object("pre_tokenizer"), "BertPreTokenizer");
        boolean lowerCase = normalizer.flag("lowercase");
        return new WordPiece(
                vocabulary(model),
                specials(fields),
                new BertWords(
                        normalizer.flag("clean_text"),
                        normalizer.flag("handle_chinese_chars"),
                        normalizer.has("strip_accents")
                                ? normalizer.flag("strip_accents")
                                : lowerCase,
                        lowerCase),
                model.text("continuing_subword_prefix"),
                model.text("unk_token"),
                model.integer("max_input_chars_per_word"));
    }

    static void requireType(Fields part, String type) throws CheckpointException {
        if (!part.text("type").equals(type)) {
            throw new CheckpointException(
                    "%s: a part of type \"%s\" stands where only %s can be read"
                            .formatted(part.file(), part.text("type"), type));
        }
    }

    /** Numbers of the entries of an object such as {@code {"a": 0, "b": 1}}. */
    static Map<String, Integer> vocabulary(Fields model) throws CheckpointException {
        JsonObject entries = model.object("vocab").json();
        Map<String, Integer> vocabulary = new LinkedHashMap<>();
        for (Map.Entry<String, JsonElement> entry : entries.entrySet()) {
            vocabulary.put(entry.getKey(), number(model.file(), entry.getValue()));
        }
        return vocabulary;
    }

    private static int number(String file, JsonElement value) throws CheckpointException {
        try {
            int number = value.getAsInt();
            if (number >= 0) {
                return number;
            }
        } catch (RuntimeException e) {
            throw new CheckpointException(
                    "%s: an entry of the vocabulary has the number %s".formatted(file, value), e);
        }
        throw new CheckpointException(
                "%s: an entry of the vocabulary has the number %s".formatted(file, value));
    }

    /** The tokens that a text may name literally. */
    static SpecialTokens specials(Fields fields) throws CheckpointException {
        Map<String, Integer> ids = new LinkedHashMap<>();
        if (fields.json().get("added_tokens") instanceof JsonArray tokens) {
            for (JsonElement token : tokens) {
                if (!(token instanceof JsonObject object)) {
                    throw new CheckpointException(
                            "%s: added_tokens holds what is no token".formatted(fields.file()));
                }
                Fields added = Fields.of(fields.file(), object);
                ids.put(added.text("content"), added.integer("id"));
            }
        }
        return new SpecialTokens(ids);
    }
}
