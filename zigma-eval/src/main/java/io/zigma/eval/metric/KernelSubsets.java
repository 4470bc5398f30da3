package io.zigma.eval.metric;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Which pictures of two sets are compared together: pairs of subsets, each without repetition.
 *
 * @param real rows of the real set, a subset an element
 * @param generated rows of the generated set, as many subsets
 */
public record KernelSubsets(List<int[]> real, List<int[]> generated) {

    /** Refuses subsets that do not pair up. */
    public KernelSubsets {
        real = List.copyOf(real);
        generated = List.copyOf(generated);
        if (real.isEmpty() || real.size() != generated.size()) {
            throw new IllegalArgumentException(
                    "%s subsets of real and %s of generated pictures; as many of both, at least one, are needed"
                            .formatted(real.size(), generated.size()));
        }
    }

    /**
     * Samples random subsets, the same for the same arguments on every platform.
     *
     * @param realRows size of the real set
     * @param generatedRows size of the generated set
     * @param size pictures a subset, at least 2
     * @param count how many subsets of each, at least 1
     * @param seed of the random numbers
     * @return the subsets
     * @throws IllegalArgumentException if a set is smaller than a subset
     */
    public static KernelSubsets sample(
            int realRows, int generatedRows, int size, int count, long seed) {
        if (size < 2 || size > Math.min(realRows, generatedRows)) {
            throw new IllegalArgumentException(
                    "subsets of %s out of %s real and %s generated pictures; choose a size from 2 to %s"
                            .formatted(
                                    size,
                                    realRows,
                                    generatedRows,
                                    Math.min(realRows, generatedRows)));
        }
        if (count < 1) {
            throw new IllegalArgumentException(
                    "%s subsets; at least one is needed".formatted(count));
        }
        // the one generator whose numbers the platform's documentation fixes
        Random random = new Random(seed);
        int[][] real = new int[count][];
        int[][] generated = new int[count][];
        for (int i = 0; i < count; i++) {
            real[i] = subset(realRows, size, random);
            generated[i] = subset(generatedRows, size, random);
        }
        return new KernelSubsets(List.of(real), List.of(generated));
    }

    /** Shuffles as far as it matters, by Fisher and Yates. */
    private static int[] subset(int rows, int size, Random random) {
        int[] order = new int[rows];
        Arrays.setAll(order, i -> i);
        for (int i = 0; i < size; i++) {
            int other = i + random.nextInt(rows - i);
            int chosen = order[other];
            order[other] = order[i];
            order[i] = chosen;
        }
        return Arrays.copyOf(order, size);
    }
}
