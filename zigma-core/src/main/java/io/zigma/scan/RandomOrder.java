package io.zigma.scan;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Layers that cycle through k random orders of all tokens, the paper's control experiment (official
 * {@code randomN}).
 *
 * <p>The seed determines the orders for good: the generator is implemented here, so that no library
 * can change it. The official orders cannot be reproduced, they are sampled again in every process.
 *
 * @param count how many orders k, 1 to 999,999,999
 * @param seed determines them, 0 or more
 */
public record RandomOrder(int count, long seed) implements ScanScheme {

    // SplitMix64 (Steele, Lea and Flood 2014): the odd constant nearest to 2^64 / golden ratio
    private static final long STEP = 0x9e3779b97f4a7c15L;

    private static final int MOST = 999_999_999; // the largest that the pattern of the name allows

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public RandomOrder {
        if (count < 1 || count > MOST || seed < 0) {
            throw new IllegalArgumentException(
                    "random scans need a count of 1 to %s and a seed of 0 or more, not %s and %s"
                            .formatted(MOST, count, seed));
        }
    }

    @Override
    public List<LayerScan> plan(Grid grid, int layers) {
        // orders that no layer would use are not generated
        List<ScanPath> orders =
                IntStream.range(0, Math.max(1, Math.min(count, layers)))
                        .mapToObj(index -> shuffled(grid.tokens(), index))
                        .toList();
        return CyclicPlan.of(orders, layers);
    }

    @Override
    public String spelling() {
        return "random-" + count + (seed == 0 ? "" : "-seed-" + seed);
    }

    /** Fisher and Yates: every order is as likely as any other. */
    private ScanPath shuffled(int length, int index) {
        long state = mix(seed + STEP * index) ^ length;
        int[] order = ScanPath.straight(length).order();
        for (int last = length - 1; last > 0; last--) {
            state += STEP;
            // the upper 32 bits scaled to the range, biased by less than length / 2^32
            int chosen = (int) ((mix(state) >>> 32) * (last + 1) >>> 32);
            int token = order[last];
            order[last] = order[chosen];
            order[chosen] = token;
        }
        return ScanPath.of(order);
    }

    private static long mix(long bits) {
        long mixed = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
