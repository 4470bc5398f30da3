package io.zigma.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * T5's tokenizer, SentencePiece's unigram model (Kudo 2018, section 3.1): of all ways to take a
 * word apart, the one whose pieces have the largest sum of log-probabilities (Viterbi). A character
 * that no piece has is unknown; unknown neighbours are one token.
 */
final class Unigram implements Tokenizer {

    private static final String END = "</s>";

    /** What an unknown character costs beyond the rarest piece, as SentencePiece has it. */
    private static final double UNKNOWN_PENALTY = 10;

    private final Map<String, Piece> pieces;
    private final int unknown;
    private final SpecialTokens specials;
    private final UnaryOperator<String> normalizer;
    private final Function<String, List<String>> words;
    private final int end;
    private final int longest; // chars of a piece
    private final double unknownScore;

    /**
     * An entry of the vocabulary.
     *
     * @param id its number
     * @param score logarithm of its probability
     */
    record Piece(int id, double score) {}

    /**
     * Makes the tokenizer.
     *
     * @param pieces the vocabulary
     * @param unknown index of the piece for unknown characters
     * @param specials tokens that are taken from the text as they are
     * @param normalizer what is done to a text first
     * @param words splits a normalised text
     * @throws IllegalArgumentException if the vocabulary lacks a token that is needed
     */
    Unigram(
            Map<String, Piece> pieces,
            int unknown,
            SpecialTokens specials,
            UnaryOperator<String> normalizer,
            Function<String, List<String>> words) {
        this.pieces = Map.copyOf(pieces);
        this.unknown = unknown;
        this.specials = specials;
        this.normalizer = normalizer;
        this.words = words;
        Piece last = pieces.get(END);
        if (last == null || unknown < 0 || unknown >= pieces.size()) {
            throw new IllegalArgumentException(
                    "the vocabulary lacks %s".formatted(last == null ? END : "its unk_id"));
        }
        end = last.id();
        longest = pieces.keySet().stream().mapToInt(String::length).max().orElse(0);
        unknownScore =
                pieces.values().stream().mapToDouble(Piece::score).min().orElse(0)
                        - UNKNOWN_PENALTY;
    }

    @Override
    public Tokens tokens(String text) {
        List<Integer> ids = new ArrayList<>();
        List<String> strange = new ArrayList<>();
        specials.split(
                text,
                plain -> words.apply(normalizer.apply(plain)).forEach(w -> add(w, ids, strange)),
                ids::add);
        ids.add(end);
        return new Tokens(ids.stream().mapToInt(Integer::intValue).toArray(), strange);
    }

    private void add(String word, List<Integer> ids, List<String> strange) {
        List<Integer> found = of(word);
        ids.addAll(found);
        if (found.contains(unknown)) {
            strange.add(word.replace(TextSteps.BLANK, ""));
        }
    }

    /**
     * Takes a word apart.
     *
     * @param word any text
     * @return numbers of its pieces
     */
    private List<Integer> of(String word) {
        int length = word.length();
        double[] score = new double[length + 1]; // of the best way up to each place
        int[] start = new int[length + 1]; // of that way's last piece
        int[] id = new int[length + 1]; // and its number
        Arrays.fill(start, -1);
        for (int from = 0; from < length; from = word.offsetByCodePoints(from, 1)) {
            int next = word.offsetByCodePoints(from, 1);
            boolean single = false;
            for (int to = next; to <= Math.min(length, from + longest); to++) {
                Piece piece = pieces.get(word.substring(from, to));
                if (piece != null) {
                    offer(from, to, piece.id(), score[from] + piece.score(), score, start, id);
                    single |= to == next;
                }
            }
            if (!single) {
                offer(from, next, unknown, score[from] + unknownScore, score, start, id);
            }
        }
        List<Integer> ids = new ArrayList<>();
        for (int to = length; to > 0; to = start[to]) {
            boolean again =
                    id[to] == unknown && !ids.isEmpty() && ids.get(ids.size() - 1) == unknown;
            if (!again) {
                ids.add(id[to]);
            }
        }
        Collections.reverse(ids);
        return ids;
    }

    private static void offer(
            int from, int to, int piece, double sum, double[] score, int[] start, int[] id) {
        if (start[to] < 0 || sum > score[to]) {
            start[to] = from;
            id[to] = piece;
            score[to] = sum;
        }
    }

    @Override
    public OptionalInt padding() {
        return OptionalInt.empty();
    }

    @Override
    public int largestId() {
        return pieces.size() - 1;
    }
}
