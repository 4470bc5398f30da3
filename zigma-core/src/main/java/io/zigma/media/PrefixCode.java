package io.zigma.media;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * A prefix code by Huffman's algorithm, and how a lossless WebP describes it (RFC 9649, section
 * 3.7.2.1): frequent symbols get few bits.
 */
final class PrefixCode {

    private static final int LONGEST = 15;
    private static final int LONGEST_OF_LENGTHS = 7;

    /** In which order the lengths of the lengths' own code are written. */
    private static final int[] ORDER = {
        17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    };

    private static final int FEWEST_OF_LENGTHS = 4;
    private static final int REPEAT = 16;
    private static final int FEW_ZEROS = 17;
    private static final int MANY_ZEROS = 18;

    /** Only symbols of 8 bits can be named without a code for the lengths. */
    private static final int NAMED = 256;

    private final int[] lengths;
    private final int[] codes;
    private final List<Integer> used = new ArrayList<>();

    private PrefixCode(int[] lengths) {
        this.lengths = lengths;
        codes = codes(lengths);
        for (int symbol = 0; symbol < lengths.length; symbol++) {
            if (lengths[symbol] > 0) {
                used.add(symbol);
            }
        }
    }

    /**
     * Makes the code for symbols that are as frequent as this.
     *
     * @param counts how often each symbol occurs
     */
    static PrefixCode of(int[] counts) {
        return new PrefixCode(lengths(counts, LONGEST));
    }

    /** Returns how many bits each symbol has, 0 for one that does not occur. */
    int[] lengths() {
        return lengths.clone();
    }

    /** Writes a symbol; the only one there is takes no bits. */
    void put(LowBits out, int symbol) {
        if (used.size() > 1) {
            out.put(codes[symbol], lengths[symbol]);
        }
    }

    /** Writes the code itself. */
    void describe(LowBits out) {
        if (used.size() <= 2 && used.stream().allMatch(symbol -> symbol < NAMED)) {
            describeByNames(out);
            return;
        }
        out.put(0, 1);
        List<int[]> tokens = tokens();
        int[] counts = new int[ORDER.length];
        tokens.forEach(token -> counts[token[0]]++);
        PrefixCode code = new PrefixCode(lengths(counts, LONGEST_OF_LENGTHS));
        int written = ORDER.length;
        while (written > FEWEST_OF_LENGTHS && code.lengths[ORDER[written - 1]] == 0) {
            written--;
        }
        out.put(written - FEWEST_OF_LENGTHS, 4);
        for (int i = 0; i < written; i++) {
            out.put(code.lengths[ORDER[i]], 3);
        }
        out.put(0, 1); // lengths of all symbols follow
        for (int[] token : tokens) {
            code.put(out, token[0]);
            out.put(token[1], token[2]);
        }
    }

    /** One or two symbols, of one bit or eight; none at all are the symbol 0. */
    private void describeByNames(LowBits out) {
        int first = used.isEmpty() ? 0 : used.get(0);
        out.put(1, 1);
        out.put(used.size() == 2 ? 1 : 0, 1);
        out.put(first > 1 ? 1 : 0, 1);
        out.put(first, first > 1 ? 8 : 1);
        if (used.size() == 2) {
            out.put(used.get(1), 8);
        }
    }

    /** The lengths, repetitions of one drawn together: symbol, further bits, how many of these. */
    private List<int[]> tokens() {
        List<int[]> tokens = new ArrayList<>();
        for (int at = 0; at < lengths.length; ) {
            int run = 1;
            while (at + run < lengths.length && lengths[at + run] == lengths[at]) {
                run++;
            }
            at += run;
            int length = lengths[at - 1];
            if (length > 0) {
                tokens.add(new int[] {length, 0, 0});
                run--;
            }
            while (run > 2) {
                int taken = Math.min(run, length > 0 ? 6 : 138);
                if (length > 0) {
                    tokens.add(new int[] {REPEAT, taken - 3, 2});
                } else if (taken < 11) {
                    tokens.add(new int[] {FEW_ZEROS, taken - 3, 3});
                } else {
                    tokens.add(new int[] {MANY_ZEROS, taken - 11, 7});
                }
                run -= taken;
            }
            for (; run > 0; run--) {
                tokens.add(new int[] {length, 0, 0});
            }
        }
        return tokens;
    }

    /** A symbol, or two nodes below. */
    private record Node(
            long weight, int order, int symbol, @Nullable Node left, @Nullable Node right) {}

    /**
     * Returns how many bits each symbol has; where one would have too many, rare ones count more.
     */
    private static int[] lengths(int[] counts, int longest) {
        for (int least = 1; ; least *= 2) {
            int[] lengths = new int[counts.length];
            PriorityQueue<Node> nodes =
                    new PriorityQueue<>(
                            (a, b) ->
                                    a.weight != b.weight
                                            ? Long.compare(a.weight, b.weight)
                                            : Integer.compare(a.order, b.order));
            for (int symbol = 0; symbol < counts.length; symbol++) {
                if (counts[symbol] > 0) {
                    nodes.add(
                            new Node(Math.max(least, counts[symbol]), symbol, symbol, null, null));
                }
            }
            for (int order = counts.length; nodes.size() > 1; order++) {
                Node left = nodes.remove();
                Node right = nodes.remove();
                nodes.add(new Node(left.weight + right.weight, order, -1, left, right));
            }
            Node root = nodes.poll();
            if (root == null) {
                return lengths;
            }
            if (root.symbol >= 0) {
                lengths[root.symbol] = 1;
                return lengths;
            }
            measure(root, 0, lengths);
            if (Arrays.stream(lengths).max().orElse(0) <= longest) {
                return lengths;
            }
        }
    }

    private static void measure(Node node, int depth, int[] lengths) {
        if (node.left == null || node.right == null) {
            lengths[node.symbol] = depth;
        } else {
            measure(node.left, depth + 1, lengths);
            measure(node.right, depth + 1, lengths);
        }
    }

    /** The canonical codes, short ones first, then in the order of symbols; first bit lowest. */
    private static int[] codes(int[] lengths) {
        int[] codes = new int[lengths.length];
        int code = 0;
        for (int length = 1; length <= LONGEST; length++) {
            for (int symbol = 0; symbol < lengths.length; symbol++) {
                if (lengths[symbol] == length) {
                    codes[symbol] = Integer.reverse(code) >>> Integer.SIZE - length;
                    code++;
                }
            }
            code <<= 1;
        }
        return codes;
    }
}
