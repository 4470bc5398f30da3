package io.zigma.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Byte-pair encoding of words (Sennrich et al. 2016, section 3.2): the word's bytes, as characters
 * that can be printed, are joined pair by pair, the pair that was learned first before all others.
 */
final class BytePairs {

    private final Map<String, Integer> vocabulary;
    private final Map<Pair, Integer> ranks = new HashMap<>();
    private final String wordEnd;

    /**
     * Two neighbours in a word.
     *
     * @param left the first
     * @param right the second
     */
    record Pair(String left, String right) {}

    /**
     * Takes the vocabulary.
     *
     * @param vocabulary number of each piece
     * @param merges pairs in the order in which they were learned
     * @param wordEnd what a word's last piece ends with, {@code </w>}; may be empty
     */
    BytePairs(Map<String, Integer> vocabulary, List<Pair> merges, String wordEnd) {
        this.vocabulary = Map.copyOf(vocabulary);
        this.wordEnd = wordEnd;
        for (int i = 0; i < merges.size(); i++) {
            ranks.putIfAbsent(merges.get(i), i);
        }
    }

    /**
     * Takes a word apart.
     *
     * @param word any text, taken in UTF-8
     * @param unknown index of a piece that the vocabulary lacks
     * @return the pieces' numbers
     */
    List<Integer> of(String word, int unknown) {
        List<String> pieces = new ArrayList<>();
        for (byte part : word.getBytes(StandardCharsets.UTF_8)) {
            pieces.add(String.valueOf(ByteCharacters.of(part)));
        }
        if (pieces.isEmpty()) {
            return List.of();
        }
        int last = pieces.size() - 1;
        pieces.set(last, pieces.get(last) + wordEnd);
        for (Pair best = best(pieces); best != null; best = best(pieces)) {
            pieces = joined(pieces, best);
        }
        return pieces.stream().map(piece -> vocabulary.getOrDefault(piece, unknown)).toList();
    }

    /** The pair that was learned first, or null where none was learned. */
    private @Nullable Pair best(List<String> pieces) {
        Pair best = null;
        int least = Integer.MAX_VALUE;
        for (int i = 0; i + 1 < pieces.size(); i++) {
            Pair pair = new Pair(pieces.get(i), pieces.get(i + 1));
            int rank = ranks.getOrDefault(pair, Integer.MAX_VALUE);
            if (rank < least) {
                least = rank;
                best = pair;
            }
        }
        return best;
    }

    private static List<String> joined(List<String> pieces, Pair pair) {
        List<String> joined = new ArrayList<>();
        for (int i = 0; i < pieces.size(); i++) {
            boolean here =
                    i + 1 < pieces.size()
                            && pieces.get(i).equals(pair.left())
                            && pieces.get(i + 1).equals(pair.right());
            joined.add(here ? pair.left() + pair.right() : pieces.get(i));
            i += here ? 1 : 0;
        }
        return joined;
    }
}
