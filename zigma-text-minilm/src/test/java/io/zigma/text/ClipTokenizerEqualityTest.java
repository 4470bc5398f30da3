package io.zigma.text;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compares our byte pairs with those of Hugging Face's library, on a vocabulary in CLIP's format
 * that is learned here from the names of emoji: CLIP's own may be distributed only by its authors'.
 */
class ClipTokenizerEqualityTest {

    private static final int MERGES = 700;
    private static final List<String> NAMES =
            IntStream.of(0x1f300, 0x1f400, 0x1f500, 0x1f600, 0x1f680, 0x1f900)
                    .flatMap(first -> IntStream.range(first, first + 0x100))
                    .mapToObj(Character::getName)
                    .filter(Objects::nonNull)
                    .map(name -> name.toLowerCase(Locale.ROOT))
                    .distinct()
                    .toList();

    private static JsonObject json;
    private static HuggingFaceTokenizer theirs;
    private static Tokenizer ours;

    @TempDir Path folder;

    @BeforeAll
    static void learn() throws IOException {
        json = tokenizerJson();
        theirs =
                HuggingFaceTokenizer.newInstance(
                        new ByteArrayInputStream(json.toString().getBytes(StandardCharsets.UTF_8)),
                        Map.of("padding", "false", "truncation", "false"));
        ours = TokenizerJson.read("tokenizer.json", json.toString(), ClipTokenizer.END);
    }

    @AfterAll
    static void close() {
        theirs.close();
    }

    @Test
    void theNamesOfEmojiAgree() {
        for (String name : NAMES) {
            assertEqual(ours, name);
            assertEqual(ours, "A %s, in the style of Noto!".formatted(name));
        }
    }

    @Test
    void everyCharacterIsTreatedAlike() {
        int[] characters =
                IntStream.rangeClosed(1, Character.MAX_CODE_POINT)
                        .filter(Character::isDefined)
                        .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
                        .filter(c -> Character.getType(c) != Character.PRIVATE_USE)
                        .toArray();
        int step = 40;
        for (int from = 0; from < characters.length; from += step) {
            StringBuilder text = new StringBuilder();
            for (int i = from; i < Math.min(from + step, characters.length); i++) {
                text.append('a').appendCodePoint(characters[i]).append("b ");
            }
            assertEqual(ours, text.toString());
        }
    }

    @Test
    void textsOfAnyKindAgree() {
        Random random = new Random(11);
        for (int i = 0; i < 4000; i++) {
            assertEqual(ours, text(random));
        }
    }

    @Test
    void mergesInTheirOtherFormsAreTheSame() throws IOException {
        JsonObject lists = json.deepCopy();
        JsonObject model = lists.getAsJsonObject("model");
        JsonArray pairs = new JsonArray();
        StringBuilder merges = new StringBuilder("#version: 0.2\n");
        model.getAsJsonArray("merges")
                .forEach(
                        merge -> {
                            JsonArray pair = new JsonArray();
                            for (String part : merge.getAsString().split(" ")) {
                                pair.add(part);
                            }
                            pairs.add(pair);
                            merges.append(merge.getAsString()).append('\n');
                        });
        model.add("merges", pairs);
        Files.writeString(folder.resolve("vocab.json"), model.get("vocab").toString());
        Files.writeString(folder.resolve("merges.txt"), merges);

        Tokenizer ofLists =
                TokenizerJson.read("tokenizer.json", lists.toString(), ClipTokenizer.END);
        Tokenizer ofFiles = VocabularyFiles.in(folder, "clip").read();

        Random random = new Random(12);
        for (int i = 0; i < 500; i++) {
            String text = text(random);
            assertEqual(ofLists, text);
            assertEqual(ofFiles, text);
        }
    }

    private static final String[] PARTS = {
        "a",
        "Red",
        "apple",
        "smiling",
        "CAT",
        "'s",
        "'re",
        "don't",
        "42",
        "3.14",
        "é",
        "e\u0301",
        "Zürich",
        "İ",
        "ΣΑΣ",
        "ß",
        "日本",
        "한국",
        "🦀",
        "👩‍🚀",
        " ",
        "  ",
        "\t",
        "\n",
        "\u00a0",
        "\u3000",
        ".",
        ",",
        "...",
        "!?",
        "-",
        "—",
        "<|endoftext|>",
        "<|ENDOFTEXT|>",
        "<|startoftext|>",
        "<|",
        "½",
        "²",
        "Ⅷ",
        "ﬁ",
        "\u200d",
        "\u00ad",
        "€",
        "x".repeat(40)
    };

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        int count = random.nextInt(14);
        for (int i = 0; i < count; i++) {
            text.append(PARTS[random.nextInt(PARTS.length)]);
            if (random.nextInt(3) == 0) {
                text.append(' ');
            }
        }
        return text.toString();
    }

    private static void assertEqual(Tokenizer tokenizer, String text) {
        int[] expected =
                Arrays.stream(theirs.encode(text).getIds()).mapToInt(Math::toIntExact).toArray();
        assertThat(tokenizer.tokens(text).ids()).as(text).isEqualTo(expected);
    }

    /** A file as CLIP's, with a vocabulary of its own. */
    private static JsonObject tokenizerJson() {
        Map<String, Integer> vocabulary = new LinkedHashMap<>();
        for (String end : List.of("", "</w>")) {
            for (int i = 0; i < 256; i++) {
                vocabulary.put(ByteCharacters.of((byte) i) + end, vocabulary.size());
            }
        }
        JsonArray merges = new JsonArray();
        for (String merge : learned()) {
            merges.add(merge);
            vocabulary.putIfAbsent(merge.replace(" ", ""), vocabulary.size());
        }
        int beginning = vocabulary.size();
        vocabulary.put(ClipTokenizer.BEGINNING, beginning);
        vocabulary.put(ClipTokenizer.END, beginning + 1);

        JsonObject file =
                JsonParser.parseString(
                                """
                                {"version": "1.0", "truncation": null, "padding": null,
                                 "added_tokens": [
                                  {"id": %1$s, "content": "<|startoftext|>", "single_word": false, "lstrip": false,
                                   "rstrip": false, "normalized": true, "special": true},
                                  {"id": %2$s, "content": "<|endoftext|>", "single_word": false, "lstrip": false,
                                   "rstrip": false, "normalized": false, "special": true}],
                                 "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"},
                                  {"type": "Replace", "pattern": {"Regex": "\\\\s+"}, "content": " "},
                                  {"type": "Lowercase"}]},
                                 "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
                                  {"type": "Split", "pattern": {"Regex":
                                    "'s|'t|'re|'ve|'m|'ll|'d|[\\\\p{L}]+|[\\\\p{N}]|[^\\\\s\\\\p{L}\\\\p{N}]+"},
                                   "behavior": "Removed", "invert": true},
                                  {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true}]},
                                 "post_processor": {"type": "RobertaProcessing", "sep": ["<|endoftext|>", %2$s],
                                  "cls": ["<|startoftext|>", %1$s], "trim_offsets": false, "add_prefix_space": false},
                                 "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true},
                                 "model": {"type": "BPE", "dropout": null, "unk_token": "<|endoftext|>",
                                  "continuing_subword_prefix": "", "end_of_word_suffix": "</w>", "fuse_unk": false}}
                                """
                                        .formatted(beginning, beginning + 1))
                        .getAsJsonObject();
        JsonObject entries = new JsonObject();
        vocabulary.forEach(entries::addProperty);
        file.getAsJsonObject("model").add("vocab", entries);
        file.getAsJsonObject("model").add("merges", merges);
        return file;
    }

    /** Learns pairs: the most frequent one first, of equals the first in the alphabet. */
    private static List<String> learned() {
        List<List<String>> words = new ArrayList<>();
        for (String name : NAMES) {
            for (String word : name.split("[ -]")) {
                List<String> pieces =
                        word.chars()
                                .mapToObj(c -> String.valueOf((char) c))
                                .collect(Collectors.toCollection(ArrayList::new));
                if (!pieces.isEmpty()) {
                    pieces.set(pieces.size() - 1, pieces.get(pieces.size() - 1) + "</w>");
                    words.add(pieces);
                }
            }
        }
        List<String> merges = new ArrayList<>();
        while (merges.size() < MERGES) {
            Map<String, Integer> counts = new HashMap<>();
            for (List<String> word : words) {
                for (int i = 0; i + 1 < word.size(); i++) {
                    counts.merge(word.get(i) + " " + word.get(i + 1), 1, Integer::sum);
                }
            }
            int most = counts.values().stream().mapToInt(Integer::intValue).max().orElseThrow();
            String best =
                    new TreeMap<>(counts)
                            .entrySet().stream()
                                    .filter(entry -> entry.getValue() == most)
                                    .findFirst()
                                    .orElseThrow()
                                    .getKey();
            merges.add(best);
            for (List<String> word : words) {
                for (int i = 0; i + 1 < word.size(); i++) {
                    if ((word.get(i) + " " + word.get(i + 1)).equals(best)) {
                        word.set(i, word.get(i) + word.remove(i + 1));
                    }
                }
            }
        }
        return merges;
    }
}
