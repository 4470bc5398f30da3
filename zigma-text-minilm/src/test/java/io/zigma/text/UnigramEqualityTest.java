package io.zigma.text;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compares our unigram tokenizer with that of Hugging Face's library, on a vocabulary and a table
 * of characters in T5's format that are made here.
 */
class UnigramEqualityTest {

    private static final List<String> NAMES =
            IntStream.of(0x1f300, 0x1f400, 0x1f500, 0x1f600)
                    .flatMap(first -> IntStream.range(first, first + 0x100))
                    .mapToObj(Character::getName)
                    .filter(Objects::nonNull)
                    .map(name -> name.toLowerCase(Locale.ROOT))
                    .distinct()
                    .toList();

    private static final String[] PARTS = {
        "a",
        "red",
        "apple",
        "smiling",
        "CAT",
        "42",
        "é",
        "e\u0301",
        "Ａ",
        "①",
        "ﬁ",
        "㍿",
        "日本",
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
        "<extra_id_0>",
        "</s>",
        "<pad>",
        "▁",
        "\u200d",
        "\u00ad",
        "x".repeat(20)
    };

    /** T5's own steps, then those of its later versions. */
    @ParameterizedTest(name = "steps {index}")
    @ValueSource(
            strings = {
                """
                {"normalizer": {"type": "Precompiled", "precompiled_charsmap": "TABLE"},
                 "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"},
                  {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true}]}}
                """,
                """
                {"normalizer": {"type": "Sequence", "normalizers": [
                  {"type": "Precompiled", "precompiled_charsmap": "TABLE"},
                  {"type": "Strip", "strip_left": false, "strip_right": true},
                  {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "▁"}]},
                 "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true}}
                """
            })
    void textsOfAnyKindAgree(String steps) throws IOException {
        JsonObject json = tokenizer(steps);
        Tokenizer ours = TokenizerJson.read("tokenizer.json", json.toString(), "");
        try (HuggingFaceTokenizer theirs =
                HuggingFaceTokenizer.newInstance(
                        new ByteArrayInputStream(json.toString().getBytes(StandardCharsets.UTF_8)),
                        Map.of("padding", "false", "truncation", "false"))) {
            Random random = new Random(21);
            List<String> texts = new ArrayList<>(NAMES);
            texts.addAll(List.of("", " ", "\n", "▁", "é", "①", "a ① b"));
            for (int i = 0; i < 4000; i++) {
                StringBuilder text = new StringBuilder();
                for (int parts = random.nextInt(14); parts > 0; parts--) {
                    text.append(PARTS[random.nextInt(PARTS.length)]);
                }
                texts.add(text.toString());
            }
            for (String text : texts) {
                int[] expected =
                        Arrays.stream(theirs.encode(text).getIds())
                                .mapToInt(Math::toIntExact)
                                .toArray();
                assertThat(ours.tokens(text).ids()).as(text).isEqualTo(expected);
            }
        }
    }

    private static JsonObject tokenizer(String steps) {
        JsonObject json =
                JsonParser.parseString(
                                steps.replace("TABLE", Base64.getEncoder().encodeToString(table())))
                        .getAsJsonObject();
        JsonObject base =
                JsonParser.parseString(
                                """
                                {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [
                                  {"id": 0, "content": "<pad>", "single_word": false, "lstrip": false, "rstrip": false,
                                   "normalized": false, "special": true},
                                  {"id": 1, "content": "</s>", "single_word": false, "lstrip": false, "rstrip": false,
                                   "normalized": false, "special": true},
                                  {"id": 3, "content": "<extra_id_0>", "single_word": false, "lstrip": false,
                                   "rstrip": false, "normalized": false, "special": true}],
                                 "post_processor": {"type": "TemplateProcessing",
                                  "single": [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}],
                                  "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}},
                                   {"Sequence": {"id": "B", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}],
                                  "special_tokens": {"</s>": {"id": "</s>", "ids": [1], "tokens": ["</s>"]}}},
                                 "decoder": null, "model": {"type": "Unigram", "unk_id": 2, "byte_fallback": false}}
                                """)
                        .getAsJsonObject();
        base.entrySet().forEach(entry -> json.add(entry.getKey(), entry.getValue()));
        json.getAsJsonObject("model").add("vocab", vocabulary());
        return json;
    }

    /** Beginnings, ends and letters of the names' words, with any probabilities. */
    private static JsonArray vocabulary() {
        Random random = new Random(20);
        Set<String> pieces = new LinkedHashSet<>(List.of("▁", "1", "A", "fi", "株式", "会", "é"));
        for (String name : NAMES) {
            for (String word : name.split("[ -]")) {
                String marked = "▁" + word;
                pieces.add(marked.substring(0, 1 + random.nextInt(marked.length())));
                pieces.add(marked.substring(random.nextInt(marked.length())));
                pieces.add(marked.substring(marked.length() - 1));
            }
        }
        pieces.remove("z"); // a letter that is unknown
        JsonArray vocabulary = new JsonArray();
        for (String special : List.of("<pad>", "</s>", "<unk>", "<extra_id_0>")) {
            add(vocabulary, special, 0);
        }
        pieces.forEach(piece -> add(vocabulary, piece, -1 - 12 * random.nextDouble()));
        return vocabulary;
    }

    private static void add(JsonArray vocabulary, String piece, double score) {
        JsonArray entry = new JsonArray();
        entry.add(piece);
        entry.add(score);
        vocabulary.add(entry);
    }

    /** A table as SentencePiece compiles it, of a few characters. */
    private static byte[] table() {
        Map<String, String> replaced = new LinkedHashMap<>();
        replaced.put("ﬁ", "fi");
        replaced.put("①", "1");
        replaced.put("Ａ", "A");
        replaced.put("㍿", "株式会社");
        replaced.put("e\u0301", "é");
        replaced.put("\u00a0", " ");
        replaced.put("\u3000", " ");
        replaced.put("\t", " ");
        replaced.put("\n", " ");
        replaced.put("\u00ad", "");

        ByteArrayOutputStream texts = new ByteArrayOutputStream();
        Node root = new Node();
        replaced.forEach(
                (from, to) -> {
                    Node node = root;
                    for (byte part : from.getBytes(StandardCharsets.UTF_8)) {
                        node =
                                node.children.computeIfAbsent(
                                        Byte.toUnsignedInt(part), label -> new Node());
                    }
                    node.value = texts.size();
                    texts.writeBytes(to.getBytes(StandardCharsets.UTF_8));
                    texts.write(0);
                });
        int[] units = new int[1 << 13];
        boolean[] used = new boolean[units.length];
        used[0] = true;
        place(root, 0, units, used);
        ByteBuffer bytes =
                ByteBuffer.allocate(Integer.BYTES + units.length * Integer.BYTES + texts.size())
                        .order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(units.length * Integer.BYTES);
        for (int unit : units) {
            bytes.putInt(unit);
        }
        return bytes.put(texts.toByteArray()).array();
    }

    private static final class Node {
        final Map<Integer, Node> children = new TreeMap<>();
        int value = -1;
    }

    private static void place(Node node, int at, int[] units, boolean[] used) {
        int base = 1;
        while (!isFree(node, base, used)) {
            base++;
        }
        units[at] |= (at ^ base) << 10;
        if (node.value >= 0) {
            units[at] |= 1 << 8;
            used[base] = true;
            units[base] = node.value | 1 << 31;
        }
        for (int label : node.children.keySet()) {
            used[base ^ label] = true;
            units[base ^ label] = label;
        }
        for (Map.Entry<Integer, Node> child : node.children.entrySet()) {
            place(child.getValue(), base ^ child.getKey(), units, used);
        }
    }

    private static boolean isFree(Node node, int base, boolean[] used) {
        return (node.value < 0 || !used[base])
                && node.children.keySet().stream().noneMatch(label -> used[base ^ label]);
    }
}
