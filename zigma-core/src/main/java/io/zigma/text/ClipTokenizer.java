package io.zigma.text;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * CLIP's tokenizer (Radford et al. 2021, section 2.4; openai/CLIP {@code simple_tokenizer.py}): a
 * text is composed (NFC), its blanks are joined and its capitals made small, then it is split into
 * letters, single digits and signs, and each of these into byte pairs.
 *
 * <p>There is no word that it cannot express. Short texts are padded with tokens that the network
 * sees, as the pipelines do whose models know CLIP.
 */
final class ClipTokenizer implements Tokenizer {

    /** What a text begins with. */
    static final String BEGINNING = "<|startoftext|>";

    /** What it ends with. */
    static final String END = "<|endoftext|>";

    private static final Pattern BLANKS = Pattern.compile("\\p{IsWhite_Space}+");
    private static final Pattern WORDS =
            Pattern.compile(
                    "'s|'t|'re|'ve|'m|'ll|'d|\\p{L}+|\\p{N}|[^\\p{IsWhite_Space}\\p{L}\\p{N}]+");

    private final BytePairs pairs;
    private final SpecialTokens raw; // found before the text is normalised
    private final SpecialTokens normal; // found afterwards
    private final int beginning;
    private final int end;
    private final int padding;
    private final int largest;

    /**
     * Makes the tokenizer.
     *
     * @param vocabulary number of each piece
     * @param merges pairs in the order in which they were learned
     * @param raw tokens that a text may name literally
     * @param normal tokens that a text may name in capitals too
     * @param padding the token that short texts are padded with
     * @throws IllegalArgumentException if the vocabulary lacks a token that is needed
     */
    ClipTokenizer(
            Map<String, Integer> vocabulary,
            List<BytePairs.Pair> merges,
            SpecialTokens raw,
            SpecialTokens normal,
            String padding) {
        pairs = new BytePairs(vocabulary, merges, "</w>");
        this.raw = raw;
        this.normal = normal;
        beginning = Tokens.required(vocabulary, BEGINNING);
        end = Tokens.required(vocabulary, END);
        this.padding = Tokens.required(vocabulary, padding);
        largest = vocabulary.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    @Override
    public Tokens tokens(String text) {
        List<Integer> ids = new ArrayList<>();
        ids.add(beginning);
        raw.split(
                text,
                plain -> normal.split(normal(plain), words -> add(words, ids), ids::add),
                ids::add);
        ids.add(end);
        return new Tokens(ids.stream().mapToInt(Integer::intValue).toArray(), List.of());
    }

    private void add(String text, List<Integer> ids) {
        Matcher matcher = WORDS.matcher(text);
        while (matcher.find()) {
            ids.addAll(pairs.of(matcher.group(), end));
        }
    }

    private static String normal(String text) {
        String composed = Normalizer.normalize(text, Normalizer.Form.NFC);
        String joined = BLANKS.matcher(composed).replaceAll(" ");
        StringBuilder lower = new StringBuilder(joined.length());
        joined.codePoints().forEach(c -> lower.append(LetterCase.lower(c)));
        return lower.toString();
    }

    @Override
    public OptionalInt padding() {
        return OptionalInt.of(padding);
    }

    @Override
    public int largestId() {
        return largest;
    }
}
