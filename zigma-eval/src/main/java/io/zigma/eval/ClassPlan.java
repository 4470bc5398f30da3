package io.zigma.eval;

import io.zigma.condition.ClassNames;
import io.zigma.train.data.ImageDataset;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Which class each sample is asked to be of: always the one that is furthest behind, of several the
 * first. The first samples of many are thus those that a few would have been, and equal weights
 * give each class equally often.
 *
 * @param weights how often each class is asked for beside the others, in lowest terms; empty for a
 *     model without classes
 */
public record ClassPlan(List<Integer> weights) {

    /**
     * Brings the weights to lowest terms.
     *
     * @throws IllegalArgumentException if one is negative, or all are 0
     */
    public ClassPlan {
        BigInteger divisor = BigInteger.ZERO;
        for (int weight : weights) {
            if (weight < 0) {
                throw new IllegalArgumentException("a class has the weight " + weight);
            }
            divisor = divisor.gcd(BigInteger.valueOf(weight));
        }
        if (!weights.isEmpty() && divisor.signum() == 0) {
            throw new IllegalArgumentException(
                    "all classes have the weight 0; there is nothing to sample");
        }
        int common = divisor.intValueExact();
        weights = weights.stream().map(weight -> weight / common).toList();
    }

    /**
     * Samples all classes equally often.
     *
     * @param classes how many there are, 0 for a model without classes
     * @return the plan
     */
    public static ClassPlan equal(int classes) {
        return new ClassPlan(Collections.nCopies(classes, 1));
    }

    /**
     * Samples classes as often as a data set has them.
     *
     * @param data pictures with classes
     * @param labels names of the model's classes, none for a model without
     * @return the plan, empty if a picture is of a class that the model has not, or of none
     */
    public static Optional<ClassPlan> like(ImageDataset data, List<String> labels) {
        if (labels.isEmpty()) {
            return Optional.of(equal(0));
        }
        if (data.labels().isEmpty()) {
            return Optional.empty();
        }
        int[] numbers = ClassNames.matches(data.labels(), labels);
        Integer[] counts = new Integer[labels.size()];
        Arrays.fill(counts, 0);
        for (int i = 0; i < data.size(); i++) {
            int number = numbers[data.label(i)];
            if (number < 0) {
                return Optional.empty();
            }
            counts[number]++;
        }
        return Optional.of(new ClassPlan(List.of(counts)));
    }

    /**
     * Returns the classes of the first samples.
     *
     * @param count how many
     * @return a class a sample, {@link Samples#NO_CLASS} for all where there are no classes
     */
    public int[] labels(int count) {
        int[] labels = new int[count];
        if (weights.isEmpty()) {
            Arrays.fill(labels, Samples.NO_CLASS);
            return labels;
        }
        long total = weights.stream().mapToLong(Integer::longValue).sum();
        long[] asked = new long[weights.size()];
        for (int i = 0; i < count; i++) {
            int next = 0;
            long furthest = Long.MIN_VALUE;
            for (int label = 0; label < asked.length; label++) {
                // its part is weight / total; times total, so that equal ones are exactly equal
                long behind = (i + 1L) * weights.get(label) - total * asked[label];
                if (weights.get(label) > 0 && behind > furthest) {
                    furthest = behind;
                    next = label;
                }
            }
            labels[i] = next;
            asked[next]++;
        }
        return labels;
    }
}
