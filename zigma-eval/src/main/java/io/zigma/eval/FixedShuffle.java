package io.zigma.eval;

import java.util.Arrays;
import java.util.Random;

/** A random order that is always the same, for files that may be sorted by class. */
final class FixedShuffle {

    // any number would do; every evaluation must take the same pictures
    private static final long SEED = 5;

    private FixedShuffle() {}

    /**
     * Shuffles by Fisher and Yates.
     *
     * @param size how many there are
     * @return the numbers from 0 to size − 1
     */
    static int[] of(int size) {
        // the one generator whose numbers the platform's documentation fixes
        Random random = new Random(SEED);
        int[] order = new int[size];
        Arrays.setAll(order, i -> i);
        for (int i = size - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int chosen = order[other];
            order[other] = order[i];
            order[i] = chosen;
        }
        return order;
    }
}
