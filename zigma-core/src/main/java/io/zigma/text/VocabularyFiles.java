package io.zigma.text;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.zigma.io.CheckpointException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The files of a tokenizer: {@code tokenizer.json}, or for CLIP {@code vocab.json} and {@code
 * merges.txt}, and {@code special_tokens_map.json} where there is one.
 *
 * @param folder where they are
 * @param files those that are read
 */
record VocabularyFiles(Path folder, List<Path> files) {

    private static final String TOKENIZER = "tokenizer.json";
    private static final String PIECES = "vocab.json";
    private static final String MERGES = "merges.txt";
    private static final String SPECIALS = "special_tokens_map.json";
    private static final String CLIP = "clip";

    /**
     * Finds the files.
     *
     * @param folder an encoder's folder
     * @param kind the encoder's family
     * @return the files
     * @throws CheckpointException if there are none
     */
    static VocabularyFiles in(Path folder, String kind) throws CheckpointException {
        List<String> pairs = List.of(PIECES, MERGES);
        List<String> names =
                Files.isRegularFile(folder.resolve(TOKENIZER))
                        ? List.of(TOKENIZER)
                        : kind.equals(CLIP) ? pairs : List.of(TOKENIZER);
        for (String name : names) {
            if (!Files.isRegularFile(folder.resolve(name))) {
                throw new CheckpointException(
                        "%s lacks the vocabulary of its text encoder: %s"
                                .formatted(
                                        folder,
                                        kind.equals(CLIP)
                                                ? "tokenizer.json, or vocab.json and merges.txt"
                                                : TOKENIZER));
            }
        }
        List<Path> files = new ArrayList<>(names.stream().map(folder::resolve).toList());
        Path specials = folder.resolve(SPECIALS);
        if (kind.equals(CLIP) && Files.isRegularFile(specials)) {
            files.add(specials);
        }
        return new VocabularyFiles(folder, List.copyOf(files));
    }

    /**
     * Reads the tokenizer.
     *
     * @return the tokenizer
     * @throws IOException if a file is damaged
     */
    Tokenizer read() throws IOException {
        String padding = padding();
        Path file = files.get(0);
        if (file.endsWith(TOKENIZER)) {
            return TokenizerJson.read(file.toString(), text(file), padding);
        }
        Map<String, Integer> vocabulary =
                TokenizerJson.vocabulary(
                        file.toString(), TokenizerJson.object(file.toString(), text(file)));
        Path merges = files.get(1);
        List<BytePairs.Pair> pairs = new ArrayList<>();
        List<String> lines;
        try (Stream<String> all = text(merges).lines()) {
            lines = all.filter(line -> !line.startsWith("#version") && !line.isBlank()).toList();
        }
        for (String line : lines) {
            pairs.add(TokenizerJson.pair(merges.toString(), line));
        }
        try {
            return new ClipTokenizer(
                    vocabulary,
                    pairs,
                    special(vocabulary, ClipTokenizer.END),
                    special(vocabulary, ClipTokenizer.BEGINNING),
                    padding);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException("%s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static SpecialTokens special(Map<String, Integer> vocabulary, String token) {
        Integer id = vocabulary.get(token);
        return new SpecialTokens(id == null ? Map.of() : Map.of(token, id));
    }

    /** The token that short texts are padded with: the end, if the folder names no other. */
    private String padding() throws IOException {
        Path file = files.get(files.size() - 1);
        if (!file.endsWith(SPECIALS)) {
            return ClipTokenizer.END;
        }
        JsonElement token = TokenizerJson.object(file.toString(), text(file)).get("pad_token");
        JsonElement content = token instanceof JsonObject object ? object.get("content") : token;
        return content instanceof JsonPrimitive text && text.isString()
                ? text.getAsString()
                : ClipTokenizer.END;
    }

    private static String text(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new CheckpointException("%s is no text in UTF-8".formatted(file), e);
        }
    }
}
