package io.zigma.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The words of a prompt and the tokens that a text encoder makes of each.
 *
 * <p>Tokenizers of text encoders (WordPiece, CLIP's byte pairs) cut a text at spaces and signs
 * before they cut words into pieces, so that the tokens of a text up to the end of a word are the
 * first tokens of the whole text. Counting the tokens of such beginnings says where each word's
 * pieces are, whatever the tokenizer.
 */
public final class PromptWords {

    /** Letters, marks and digits, with apostrophes and hyphens between them. */
    private static final Pattern WORD =
            Pattern.compile("[\\p{L}\\p{M}\\p{N}]+(?:['’-][\\p{L}\\p{M}\\p{N}]+)*");

    /** A text encoder that has a mark at a text's beginning makes two tokens of no text. */
    private static final int BOTH_MARKS = 2;

    private PromptWords() {}

    /**
     * A word of a text.
     *
     * @param text as it is written
     * @param from place of its first character
     * @param to place behind its last character
     */
    public record Word(String text, int from, int to) {

        /**
         * Returns the word as vocabularies have it.
         *
         * @return in lower case, whatever the locale
         */
        public String lowerCase() {
            return text.toLowerCase(Locale.ROOT).replace('’', '\'');
        }
    }

    /**
     * A word and its tokens.
     *
     * @param word of the text
     * @param first place of its first token in the encoder's output
     * @param end place behind its last token; those from {@code tokens} on were cut off
     */
    public record Placed(Word word, int first, int end) {}

    /**
     * Splits a text into words; signs and emoji are none.
     *
     * @param text any text
     * @return its words in order
     */
    public static List<Word> split(String text) {
        List<Word> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(text);
        while (matcher.find()) {
            words.add(new Word(matcher.group(), matcher.start(), matcher.end()));
        }
        return words;
    }

    /**
     * Finds the tokens of each word of a text that is encoded to so many tokens.
     *
     * @param text any text
     * @param encoder whose tokens they are
     * @param tokens n that a text is padded or cut to, the marks included
     * @return the words that have at least one token, in order
     */
    public static List<Placed> placed(String text, TextEncoder encoder, int tokens) {
        int marks = encoder.tokenize("").tokens();
        int beginning = marks >= BOTH_MARKS ? 1 : 0;
        int room = tokens - (marks - beginning); // the end's mark is never cut off
        List<Placed> placed = new ArrayList<>();
        for (Word word : split(text)) {
            int first =
                    beginning + encoder.tokenize(text.substring(0, word.from())).tokens() - marks;
            if (first >= room) {
                break; // and so is every word behind it
            }
            int end = beginning + encoder.tokenize(text.substring(0, word.to())).tokens() - marks;
            if (first < end) {
                placed.add(new Placed(word, first, Math.min(end, room)));
            }
        }
        return placed;
    }

    /**
     * Returns the words of a text that are encoded whole when it is cut to so many tokens.
     *
     * @param text any text
     * @param encoder that cuts it
     * @param tokens n, the marks included
     * @return the beginning of the text that is left, up to the end of a word
     */
    public static String retained(String text, TextEncoder encoder, int tokens) {
        if (encoder.tokenize(text).tokens() <= tokens) {
            return text;
        }
        int end = 0;
        for (Word word : split(text)) {
            if (encoder.tokenize(text.substring(0, word.to())).tokens() > tokens) {
                break;
            }
            end = word.to();
        }
        return text.substring(0, end);
    }
}
