package io.zigma.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * BERT's tokenizer: a text is cleaned and split at blanks and punctuation, and each word is taken
 * apart into the longest pieces that the vocabulary has, from the left (Devlin et al. 2018, section
 * 3; Wu et al. 2016, section 4.1).
 */
final class WordPiece implements Tokenizer {

    private static final String BEGINNING = "[CLS]";
    private static final String END = "[SEP]";

    private final Map<String, Integer> vocabulary;
    private final BertWords words;
    private final SpecialTokens specials;
    private final String continuation;
    private final int longestWord;
    private final int unknown;
    private final int beginning;
    private final int end;

    /**
     * Makes the tokenizer.
     *
     * @param vocabulary number of each piece
     * @param specials tokens that are taken from the text as they are
     * @param words cleans and splits
     * @param continuation what a piece begins with that continues a word, {@code ##}
     * @param unknown the piece for a word that cannot be split
     * @param longestWord code points of a word; longer ones are unknown
     * @throws IllegalArgumentException if the vocabulary lacks a token that is needed
     */
    WordPiece(
            Map<String, Integer> vocabulary,
            SpecialTokens specials,
            BertWords words,
            String continuation,
            String unknown,
            int longestWord) {
        this.vocabulary = Map.copyOf(vocabulary);
        this.specials = specials;
        this.words = words;
        this.continuation = continuation;
        this.longestWord = longestWord;
        this.unknown = Tokens.required(vocabulary, unknown);
        beginning = Tokens.required(vocabulary, BEGINNING);
        end = Tokens.required(vocabulary, END);
    }

    @Override
    public Tokens tokens(String text) {
        List<Integer> ids = new ArrayList<>();
        List<String> strange = new ArrayList<>();
        ids.add(beginning);
        specials.split(
                text, plain -> words.of(plain).forEach(word -> add(word, ids, strange)), ids::add);
        ids.add(end);
        return new Tokens(ids.stream().mapToInt(Integer::intValue).toArray(), strange);
    }

    private void add(String word, List<Integer> ids, List<String> strange) {
        int before = ids.size();
        if (word.codePointCount(0, word.length()) > longestWord || !addPieces(word, ids)) {
            ids.subList(before, ids.size()).clear();
            ids.add(unknown);
            strange.add(word);
        }
    }

    /** Adds the pieces of a word, and returns whether there were pieces up to its end. */
    private boolean addPieces(String word, List<Integer> ids) {
        int from = 0;
        while (from < word.length()) {
            int to = word.length();
            Integer id = null;
            for (; to > from; to = word.offsetByCodePoints(to, -1)) {
                String piece = word.substring(from, to);
                id = vocabulary.get(from == 0 ? piece : continuation + piece);
                if (id != null) {
                    break;
                }
            }
            if (id == null) {
                return false;
            }
            ids.add(id);
            from = to;
        }
        return true;
    }

    @Override
    public OptionalInt padding() {
        return OptionalInt.empty();
    }

    @Override
    public int largestId() {
        return vocabulary.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    }
}
