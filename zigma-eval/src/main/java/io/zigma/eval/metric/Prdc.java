package io.zigma.eval.metric;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Precision, recall, density and coverage: how much of each of two sets is within the other's
 * neighbourhoods, balls that reach from a picture to its k-th nearest other of the same set.
 *
 * <p>Precision and recall are Kynkäänniemi et al. 2019, equations 1 and 2; density and coverage
 * Naeem et al. 2020, equations 4 and 5. All pairs are compared tile by tile; the result does not
 * depend on the number of threads.
 *
 * @param precision fraction of generated pictures within a real one's ball, 0 to 1
 * @param recall fraction of real pictures within a generated one's ball, 0 to 1
 * @param density how many real balls contain a generated picture, over k; may exceed 1
 * @param coverage fraction of real pictures whose ball holds a generated one, 0 to 1
 */
public record Prdc(double precision, double recall, double density, double coverage) {

    /**
     * Compares two sets.
     *
     * @param real features of real pictures, more than k
     * @param generated features of generated pictures, more than k
     * @param k how many neighbours a ball reaches over, at least 1
     * @param ball whether its edge belongs to it
     * @return the four numbers
     * @throws IllegalArgumentException if the sets have other features or too few pictures for k
     */
    public static Prdc of(FeatureMatrix real, FeatureMatrix generated, int k, Ball ball) {
        FeatureMatrix.requireSameFeatures(real, generated);
        double[] realRadii = NearestNeighbours.squaredRadii(real, k);
        double[] generatedRadii = NearestNeighbours.squaredRadii(generated, k);
        boolean[] recalled = new boolean[real.rows()];
        boolean[] covered = new boolean[real.rows()];
        AtomicIntegerArray ballsAround = new AtomicIntegerArray(generated.rows());
        Pairs.SQUARED_DISTANCES.visit(
                real,
                generated,
                (query, first, count, distances) -> {
                    for (int j = 0; j < count; j++) {
                        if (ball.holds(distances[j], generatedRadii[first + j])) {
                            recalled[query] = true;
                        }
                        if (ball.holds(distances[j], realRadii[query])) {
                            covered[query] = true;
                            ballsAround.incrementAndGet(first + j);
                        }
                    }
                });
        int[] around = new int[generated.rows()];
        Arrays.setAll(around, ballsAround::get);
        return new Prdc(
                (double) Arrays.stream(around).filter(balls -> balls > 0).count() / around.length,
                fraction(recalled),
                (double) Arrays.stream(around).asLongStream().sum() / k / around.length,
                fraction(covered));
    }

    private static double fraction(boolean[] holds) {
        int count = 0;
        for (boolean one : holds) {
            count += one ? 1 : 0;
        }
        return (double) count / holds.length;
    }
}
