package io.zigma.eval.metric;

import java.util.Objects;

/** Counts how often a classifier sees the class that a picture was asked to be of. */
public final class ClassAgreement {

    private final long[][] counts;

    /**
     * Makes a table of zeros.
     *
     * @param classes how many classes there are, at least 1
     */
    public ClassAgreement(int classes) {
        if (classes < 1) {
            throw new IllegalArgumentException(
                    "agreement over %s classes; at least one is needed".formatted(classes));
        }
        counts = new long[classes][classes];
    }

    /**
     * Counts a picture.
     *
     * @param asked the class it was to be of
     * @param seen the class that the classifier sees
     * @throws IndexOutOfBoundsException if there is no such class
     */
    public void add(int asked, int seen) {
        counts[Objects.checkIndex(asked, counts.length)][Objects.checkIndex(seen, counts.length)]++;
    }

    /**
     * Counts pictures by what a classifier gives for them; of equal logits the first class is seen.
     *
     * @param asked the classes they were to be of
     * @param logits (asked.length, classes)
     * @throws IllegalArgumentException if there are not as many of both
     * @throws IndexOutOfBoundsException if a class is asked that is not there
     */
    public void addLogits(int[] asked, FeatureMatrix logits) {
        if (logits.rows() != asked.length || logits.columns() != counts.length) {
            throw new IllegalArgumentException(
                    "logits of %s pictures and %s classes for %s pictures and %s classes"
                            .formatted(
                                    logits.rows(), logits.columns(), asked.length, counts.length));
        }
        for (int row = 0; row < asked.length; row++) {
            int seen = 0;
            for (int i = 1; i < counts.length; i++) {
                if (logits.at(row, i) > logits.at(row, seen)) {
                    seen = i;
                }
            }
            add(asked[row], seen);
        }
    }

    /**
     * Returns how often a class was seen where one was asked for.
     *
     * @param asked the class asked for
     * @param seen the class seen
     * @return the count
     * @throws IndexOutOfBoundsException if there is no such class
     */
    public long count(int asked, int seen) {
        return counts[Objects.checkIndex(asked, counts.length)][
                Objects.checkIndex(seen, counts.length)];
    }

    /**
     * Returns how many pictures were counted.
     *
     * @return at least 0
     */
    public long total() {
        long total = 0;
        for (int asked = 0; asked < counts.length; asked++) {
            total += total(asked);
        }
        return total;
    }

    /**
     * Returns how many pictures were asked to be of a class.
     *
     * @param asked the class
     * @return at least 0
     * @throws IndexOutOfBoundsException if there is no such class
     */
    public long total(int asked) {
        long total = 0;
        for (long count : counts[Objects.checkIndex(asked, counts.length)]) {
            total += count;
        }
        return total;
    }

    /**
     * Returns how many were seen as what was asked for.
     *
     * @return at most {@link #total()}
     */
    public long agreeing() {
        long agreeing = 0;
        for (int i = 0; i < counts.length; i++) {
            agreeing += counts[i][i];
        }
        return agreeing;
    }

    /**
     * Returns the fraction that was seen as what was asked for.
     *
     * @return from 0 to 1
     * @throws IllegalStateException if no picture was counted
     */
    public double fraction() {
        return fraction(agreeing(), total());
    }

    /**
     * Returns the fraction among the pictures of a class.
     *
     * @param asked the class
     * @return from 0 to 1
     * @throws IllegalStateException if no picture of that class was counted
     * @throws IndexOutOfBoundsException if there is no such class
     */
    public double fraction(int asked) {
        return fraction(count(asked, asked), total(asked));
    }

    private static double fraction(long agreeing, long total) {
        if (total == 0) {
            throw new IllegalStateException(
                    "no picture was counted yet; there is no fraction of none");
        }
        return (double) agreeing / total;
    }
}
