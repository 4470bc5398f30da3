package io.zigma.text;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;

/**
 * How BERT cleans a text and splits it into words: control characters go, Chinese characters and
 * punctuation stand alone, and where it is uncased, accents and capitals go too
 * (google-research/bert {@code BasicTokenizer}; here as Hugging Face's {@code BertNormalizer} and
 * {@code BertPreTokenizer} have it, which also split by Unicode).
 *
 * @param clean whether control characters are removed and other blanks become spaces
 * @param chinese whether each Chinese character is a word
 * @param accentless whether accents are removed
 * @param lowerCase whether capitals become small letters
 */
record BertWords(boolean clean, boolean chinese, boolean accentless, boolean lowerCase) {

    /** How uncased models have it. */
    static final BertWords UNCASED = new BertWords(true, true, true, true);

    private static final int REPLACEMENT = 0xfffd;

    /** Returns the words of a text, from left to right. */
    List<String> of(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        normal(text)
                .codePoints()
                .forEach(
                        c -> {
                            if (isBlank(c)) {
                                end(word, words);
                            } else if (isPunctuation(c)) {
                                end(word, words);
                                words.add(Character.toString(c));
                            } else {
                                word.appendCodePoint(c);
                            }
                        });
        end(word, words);
        return words;
    }

    private static void end(StringBuilder word, List<String> words) {
        if (!word.isEmpty()) {
            words.add(word.toString());
            word.setLength(0);
        }
    }

    private String normal(String text) {
        StringBuilder cleaned = new StringBuilder(text.length() + 8);
        text.codePoints().forEach(c -> clean(c, cleaned));
        if (!accentless) {
            return lowered(cleaned);
        }
        String decomposed = Normalizer.normalize(cleaned, Normalizer.Form.NFD);
        StringBuilder bare = new StringBuilder(decomposed.length());
        decomposed
                .codePoints()
                .filter(c -> Character.getType(c) != Character.NON_SPACING_MARK)
                .forEach(bare::appendCodePoint);
        return lowered(bare);
    }

    private void clean(int c, StringBuilder to) {
        if (clean && isControl(c)) {
            return;
        }
        if (clean && isBlank(c)) {
            to.append(' ');
        } else if (chinese && isChinese(c)) {
            to.append(' ').appendCodePoint(c).append(' ');
        } else {
            to.appendCodePoint(c);
        }
    }

    private String lowered(StringBuilder text) {
        if (!lowerCase) {
            return text.toString();
        }
        StringBuilder lower = new StringBuilder(text.length());
        text.codePoints().forEach(c -> lower.append(LetterCase.lower(c)));
        return lower.toString();
    }

    private static boolean isControl(int c) {
        if (c == '\t' || c == '\n' || c == '\r') {
            return false;
        }
        return c == REPLACEMENT
                || switch (Character.getType(c)) {
                    case Character.CONTROL,
                            Character.FORMAT,
                            Character.PRIVATE_USE,
                            Character.SURROGATE ->
                            true;
                    default -> false;
                };
    }

    /** Unicode's White_Space. */
    static boolean isBlank(int c) {
        return (c >= 0x09 && c <= 0x0d) || c == 0x85 || Character.isSpaceChar(c);
    }

    /** What is punctuation in Unicode, and ASCII's signs that are symbols there. */
    private static boolean isPunctuation(int c) {
        if (c < 0x80) {
            return c > ' ' && c < 0x7f && !Character.isLetterOrDigit(c);
        }
        return switch (Character.getType(c)) {
            case Character.CONNECTOR_PUNCTUATION,
                    Character.DASH_PUNCTUATION,
                    Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION,
                    Character.INITIAL_QUOTE_PUNCTUATION,
                    Character.FINAL_QUOTE_PUNCTUATION,
                    Character.OTHER_PUNCTUATION ->
                    true;
            default -> false;
        };
    }

    /** The blocks of CJK ideographs that BERT's authors list. */
    private static boolean isChinese(int c) {
        return (c >= 0x4e00 && c <= 0x9fff)
                || (c >= 0x3400 && c <= 0x4dbf)
                || (c >= 0x20000 && c <= 0x2a6df)
                || (c >= 0x2a700 && c <= 0x2b73f)
                || (c >= 0x2b740 && c <= 0x2b81f)
                || (c >= 0x2b920 && c <= 0x2ceaf) // 0x2b820 in their list; as the library has it
                || (c >= 0xf900 && c <= 0xfaff)
                || (c >= 0x2f800 && c <= 0x2fa1f);
    }
}
