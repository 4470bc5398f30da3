package io.zigma.text;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Compares our word pieces with those of Hugging Face's library, on the vocabulary of MiniLM. */
class WordPieceEqualityTest {

    private static final String VOCABULARY = "/all-minilm-l6-v2-q-tokenizer.json";

    /**
     * The library's tables of marks and punctuation are those of Unicode 8, Java's are newer: where
     * characters lie that came later and that some Java knows, all of rare scripts.
     */
    private static boolean isLater(int c) {
        return switch (Character.getType(c)) {
            case Character.NON_SPACING_MARK,
                    Character.OTHER_PUNCTUATION,
                    Character.DASH_PUNCTUATION,
                    Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION,
                    Character.FORMAT ->
                    c > 0x7f0 && c <= 0x1886
                            || c >= 0x1abf && c <= 0x1ace
                            || c >= 0x1df6 && c <= 0x1dff
                            || c >= 0x2e43 && c <= 0x2e5d
                            || c >= 0xa82c && c <= 0xa9bd
                            || c >= 0x10d24 && c <= 0x1e95f;
            default -> c == 0x166d; // a sign of the Canadian syllabics, a symbol since Unicode 12
        };
    }

    private static HuggingFaceTokenizer theirs;
    private static Tokenizer ours;

    @BeforeAll
    static void read() throws IOException {
        byte[] json;
        try (InputStream stream = WordPieceEqualityTest.class.getResourceAsStream(VOCABULARY)) {
            json = Objects.requireNonNull(stream, VOCABULARY).readAllBytes();
        }
        theirs =
                HuggingFaceTokenizer.newInstance(
                        new ByteArrayInputStream(json),
                        Map.of("padding", "false", "truncation", "false"));
        ours = TokenizerJson.read(VOCABULARY, new String(json, StandardCharsets.UTF_8), "");
    }

    @AfterAll
    static void close() {
        theirs.close();
    }

    @Test
    void everyCharacterIsTreatedAlike() {
        int[] characters =
                IntStream.rangeClosed(1, Character.MAX_CODE_POINT)
                        .filter(Character::isDefined)
                        .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
                        .toArray();
        List<String> different = new ArrayList<>();
        int step = 40;
        for (int from = 0; from < characters.length; from += step) {
            int[] some =
                    Arrays.copyOfRange(characters, from, Math.min(from + step, characters.length));
            if (!agree(surrounded(some))) {
                for (int c : some) {
                    if (!isLater(c) && !agree(surrounded(c))) {
                        different.add(
                                String.format(Locale.ROOT, "%04X %s", c, Character.getName(c)));
                    }
                }
            }
        }
        assertThat(different).isEmpty();
    }

    private static String surrounded(int... characters) {
        StringBuilder text = new StringBuilder();
        for (int c : characters) {
            text.append('a').appendCodePoint(c).append("b ");
        }
        return text.toString();
    }

    @Test
    void theNamesOfAllEmojiAgree() {
        List<String> names =
                IntStream.of(0x203c, 0x1f300, 0x1f400, 0x1f500, 0x1f600, 0x1f680, 0x1f900, 0x1fa70)
                        .flatMap(first -> IntStream.range(first, first + 0x100))
                        .mapToObj(Character::getName)
                        .filter(Objects::nonNull)
                        .distinct()
                        .toList();
        assertThat(names).hasSizeGreaterThan(1000);
        for (String name : names) {
            assertEqual(name);
            assertEqual("a %s, in the style of noto".formatted(name.toLowerCase(Locale.ROOT)));
        }
    }

    @Test
    void textsOfAnyKindAgree() {
        Random random = new Random(7);
        for (int i = 0; i < 6000; i++) {
            assertEqual(text(random));
        }
    }

    @Test
    void oddTextsAgree() {
        for (String text :
                List.of(
                        "",
                        " ",
                        "\n",
                        "x".repeat(100),
                        "x".repeat(101),
                        "é".repeat(100),
                        "[MASK]",
                        "a[MASK]b [mask] [SEP][CLS]",
                        "[UNK]",
                        "[PAD] [PAD]",
                        "İstanbul ΌΣΟΣ ß ẞ ŉ",
                        "ﬁ Ⅷ ① ²",
                        "\u202eabc\u202c a\u00adb a\u200bb a\u200db",
                        "👩‍🚀👨‍👩‍👧‍👦🇩🇪",
                        "日本語とEnglish",
                        "한국어",
                        "it's don't can't",
                        "a--b...c!?d")) {
            assertEqual(text);
        }
    }

    private static final String[] PARTS = {
        "a",
        "red",
        "apple",
        "crab",
        "playing",
        "unaffable",
        "zürich",
        "São",
        "naïve",
        "Ω",
        "Привет",
        "ﬃ",
        "ß",
        "𝒳",
        "日",
        "本",
        "한",
        "🦀",
        "👩‍🚀",
        " ",
        "  ",
        "\t",
        "\n",
        "\u00a0",
        "\u3000",
        "\u200b",
        "\u0000",
        "\ufffd",
        "\u00ad",
        ".",
        ",",
        "'",
        "-",
        "—",
        "…",
        "“",
        "$",
        "^",
        "`",
        "~",
        "€",
        "°",
        "1",
        "42",
        "3.14",
        "[MASK]",
        "[SEP]",
        "[",
        "]",
        "##",
        "##ing",
        "e\u0301",
        "a\u0300\u0316",
        "İ",
        "x".repeat(60),
        "Q",
        "Z"
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

    private static void assertEqual(String text) {
        assertThat(ours.tokens(text).ids()).as(text).isEqualTo(expected(text));
    }

    private static boolean agree(String text) {
        return Arrays.equals(ours.tokens(text).ids(), expected(text));
    }

    private static int[] expected(String text) {
        return Arrays.stream(theirs.encode(text).getIds()).mapToInt(Math::toIntExact).toArray();
    }
}
