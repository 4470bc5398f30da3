package io.zigma.text;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
     * @param padding what texts are padded with where the network sees the padding
     * @return the tokenizer
     * @throws CheckpointException if it is damaged, or of a kind that there is none of here
     */
    static Tokenizer read(String file, String text, String padding) throws CheckpointException {
        Fields fields = Fields.of(file, object(file, text));
        String type = fields.object("model").text("type");
        try {
            return switch (type) {
                case "WordPiece" -> wordPiece(fields);
                case "BPE" -> bytePairs(fields, padding);
                case "Unigram" -> unigram(fields);
                default ->
                        throw new CheckpointException(
                                "%s: a tokenizer of type \"%s\" cannot be read"
                                        .formatted(file, type));
            };
        } catch (IllegalArgumentException e) {
            throw new CheckpointException("%s: %s".formatted(file, e.getMessage()), e);
        }
    }

    /** Reads a file that holds one JSON object, of any size. */
    static JsonObject object(String file, String text) throws CheckpointException {
        JsonElement json;
        try {
            json = JsonParser.parseString(text);
        } catch (JsonParseException | StackOverflowError e) {
            throw new CheckpointException("%s is not valid JSON".formatted(file), e);
        }
        if (!(json instanceof JsonObject object)) {
            throw new CheckpointException("%s is not a JSON object".formatted(file));
        }
        return object;
    }

    private static WordPiece wordPiece(Fields fields) throws CheckpointException {
        Fields model = fields.object("model");
        Fields normalizer = fields.object("normalizer");
        requireType(normalizer, "BertNormalizer");
        requireType(fields.object("pre_tokenizer"), "BertPreTokenizer");
        boolean lowerCase = normalizer.flag("lowercase");
        return new WordPiece(
                vocabulary(model),
                specials(fields, false),
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

    /** CLIP's; GPT-2's and others split and pad differently. */
    private static ClipTokenizer bytePairs(Fields fields, String padding)
            throws CheckpointException {
        Fields model = fields.object("model");
        if (!model.has("end_of_word_suffix") || !model.text("end_of_word_suffix").equals("</w>")) {
            throw new CheckpointException(
                    "%s: of byte-pair tokenizers only CLIP's can be read, whose end_of_word_suffix is </w>"
                            .formatted(fields.file()));
        }
        return new ClipTokenizer(
                vocabulary(model),
                merges(fields.file(), model.json().get("merges")),
                specials(fields, false),
                specials(fields, true),
                padding);
    }

    private static Unigram unigram(Fields fields) throws CheckpointException {
        Fields model = fields.object("model");
        if (model.has("byte_fallback") && model.flag("byte_fallback")) {
            throw new CheckpointException(
                    "%s: a unigram tokenizer with byte_fallback cannot be read"
                            .formatted(fields.file()));
        }
        if (!(model.json().get("vocab") instanceof JsonArray entries)) {
            throw new CheckpointException("%s lacks the vocabulary".formatted(fields.file()));
        }
        Map<String, Unigram.Piece> pieces = new LinkedHashMap<>();
        for (JsonElement entry : entries) {
            if (!(entry instanceof JsonArray pair)
                    || pair.size() != 2
                    || !(pair.get(0) instanceof JsonPrimitive piece && piece.isString())
                    || !(pair.get(1) instanceof JsonPrimitive score && score.isNumber())) {
                throw new CheckpointException(
                        "%s: the entry %s is no piece with its score"
                                .formatted(fields.file(), entry));
            }
            pieces.put(piece.getAsString(), new Unigram.Piece(pieces.size(), score.getAsDouble()));
        }
        if (pieces.size() != entries.size()) {
            throw new CheckpointException(
                    "%s: a piece is twice in the vocabulary".formatted(fields.file()));
        }
        return new Unigram(
                pieces,
                model.integer("unk_id"),
                specials(fields, false),
                TextSteps.normalizer(fields),
                TextSteps.preTokenizer(fields));
    }

    /** Pairs as texts with a blank between, or, in newer files, as lists of two. */
    private static List<BytePairs.Pair> merges(String file, @Nullable JsonElement merges)
            throws CheckpointException {
        if (!(merges instanceof JsonArray array)) {
            throw new CheckpointException("%s lacks the list of merges".formatted(file));
        }
        List<BytePairs.Pair> pairs = new ArrayList<>();
        for (JsonElement merge : array) {
            if (merge instanceof JsonArray pair && pair.size() == 2) {
                pairs.add(new BytePairs.Pair(pair.get(0).getAsString(), pair.get(1).getAsString()));
            } else if (merge instanceof JsonPrimitive text && text.isString()) {
                pairs.add(pair(file, text.getAsString()));
            } else {
                throw new CheckpointException("%s: the merge %s is no pair".formatted(file, merge));
            }
        }
        return pairs;
    }

    /** Reads two pieces with a blank between. */
    static BytePairs.Pair pair(String file, String text) throws CheckpointException {
        int blank = text.indexOf(' ');
        if (blank < 1 || blank != text.lastIndexOf(' ') || blank == text.length() - 1) {
            throw new CheckpointException("%s: the merge '%s' is no pair".formatted(file, text));
        }
        return new BytePairs.Pair(text.substring(0, blank), text.substring(blank + 1));
    }

    static void requireType(Fields part, String type) throws CheckpointException {
        if (!part.text("type").equals(type)) {
            throw new CheckpointException(
                    "%s: a part of type \"%s\" is where only %s can be read"
                            .formatted(part.file(), part.text("type"), type));
        }
    }

    private static Map<String, Integer> vocabulary(Fields model) throws CheckpointException {
        return vocabulary(model.file(), model.object("vocab").json());
    }

    /** Numbers of the entries of an object such as {@code {"a": 0, "b": 1}}. */
    static Map<String, Integer> vocabulary(String file, JsonObject entries)
            throws CheckpointException {
        Map<String, Integer> vocabulary = new LinkedHashMap<>();
        for (Map.Entry<String, JsonElement> entry : entries.entrySet()) {
            vocabulary.put(entry.getKey(), number(file, entry.getValue()));
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

    /** The tokens that a text may name, before or after it is normalised. */
    private static SpecialTokens specials(Fields fields, boolean normalised)
            throws CheckpointException {
        Map<String, Integer> ids = new LinkedHashMap<>();
        if (fields.json().get("added_tokens") instanceof JsonArray tokens) {
            for (JsonElement token : tokens) {
                if (!(token instanceof JsonObject object)) {
                    throw new CheckpointException(
                            "%s: added_tokens holds what is no token".formatted(fields.file()));
                }
                Fields added = Fields.of(fields.file(), object);
                boolean later = added.has("normalized") && added.flag("normalized");
                if (later == normalised) {
                    ids.put(added.text("content"), added.integer("id"));
                }
            }
        }
        return new SpecialTokens(ids);
    }
}
