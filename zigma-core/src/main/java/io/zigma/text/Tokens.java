package io.zigma.text;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A text as entries of a vocabulary.
 *
 * @param ids numbers of the entries, those that mark beginning and end included; not to be changed
 * @param unknown words that the vocabulary cannot express, in order
 */
record Tokens(int[] ids, List<String> unknown) {

    /** Copies the list. */
    Tokens {
        unknown = List.copyOf(unknown);
    }

    /**
     * Returns the ids, those in front of the mark of the end cut where there are more than n.
     *
     * @param n most tokens, 2 or more
     * @return 1 … n numbers
     */
    int[] cut(int n) {
        if (ids.length <= n) {
            return ids.clone();
        }
        int[] head = Arrays.copyOf(ids, n);
        head[n - 1] = ids[ids.length - 1];
        return head;
    }

    /**
     * Looks up a token that a tokenizer cannot do without.
     *
     * @param vocabulary numbers of the tokens
     * @param token such as {@code [CLS]}
     * @return its number
     * @throws IllegalArgumentException if the vocabulary lacks it
     */
    static int required(Map<String, Integer> vocabulary, String token) {
        Integer id = vocabulary.get(token);
        if (id == null) {
            throw new IllegalArgumentException("the vocabulary lacks " + token);
        }
        return id;
    }
}
