package io.zigma.eval.metric;

import java.util.ArrayList;
import java.util.List;

/**
 * How pictures are cut into consecutive parts for an Inception Score, and how its spread is taken.
 */
public enum SplitRule {
    /**
     * Part i holds the pictures from ⌊i·N / s⌋ on, and the spread divides by s: the score as
     * published (Salimans et al. 2016).
     */
    EVEN {
        @Override
        List<Part> parts(int pictures, int splits) {
            List<Part> parts = new ArrayList<>();
            for (long i = 0; i < splits; i++) {
                parts.add(
                        new Part(
                                (int) (i * pictures / splits),
                                (int) ((i + 1) * pictures / splits)));
            }
            return parts;
        }

        @Override
        int divisor(int parts) {
            return parts;
        }
    },

    /**
     * Parts of ⌈N / s⌉ pictures, the last of what is left, and the spread divides by one less than
     * there are parts: the score as torchmetrics takes it.
     */
    CHUNKED {
        @Override
        List<Part> parts(int pictures, int splits) {
            int size = (int) (((long) pictures + splits - 1) / splits);
            List<Part> parts = new ArrayList<>();
            for (int from = 0; from < pictures; from += size) {
                parts.add(new Part(from, Math.min(from + size, pictures)));
            }
            return parts;
        }

        @Override
        int divisor(int parts) {
            if (parts < 2) {
                throw new IllegalArgumentException(
                        "a spread of chunked parts needs at least 2 of them; split more, or evenly");
            }
            return parts - 1;
        }
    };

    /** Cuts pictures into parts, none of them empty. */
    abstract List<Part> parts(int pictures, int splits);

    /** Returns what the sum of squared deviations is divided by. */
    abstract int divisor(int parts);

    /**
     * Consecutive pictures.
     *
     * @param from the first
     * @param to the one after the last
     */
    record Part(int from, int to) {}
}
