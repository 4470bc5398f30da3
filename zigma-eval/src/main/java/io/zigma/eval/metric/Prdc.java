package io.zigma.eval.metric;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
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
        Part all = Part.of(real, generated, realRadii, generatedRadii, ball);
        return merged(List.of(all), k);
    }

    /**
     * Returns how far the k-th nearest other picture of some pictures is: a part of the work that
     * can be divided.
     *
     * @param pictures features of all, more than k
     * @param from the first row that is asked for
     * @param to the one after the last
     * @param k at least 1
     * @return squared distances, one a row that is asked for
     */
    public static double[] squaredRadii(FeatureMatrix pictures, int from, int to, int k) {
        return NearestNeighbours.squaredRadii(pictures, from, to, k);
    }

    /**
     * Puts parts together; the numbers are exactly those of the whole.
     *
     * @param parts one or more, in the order of the real pictures
     * @param k how many neighbours the balls reach over
     * @return the four numbers
     */
    public static Prdc merged(List<Part> parts, int k) {
        long real = 0;
        long recalled = 0;
        long covered = 0;
        int[] around = new int[parts.get(0).around().length];
        for (Part part : parts) {
            real += part.real();
            recalled += part.recalled();
            covered += part.covered();
            for (int i = 0; i < around.length; i++) {
                around[i] += part.around()[i];
            }
        }
        return new Prdc(
                (double) Arrays.stream(around).filter(balls -> balls > 0).count() / around.length,
                (double) recalled / real,
                (double) Arrays.stream(around).asLongStream().sum() / k / around.length,
                (double) covered / real);
    }

    /**
     * What some of the real pictures have to do with all generated ones: counts, which add up.
     *
     * @param real how many real pictures
     * @param recalled how many of them are within a generated one's ball
     * @param covered how many of them have a generated one within their ball
     * @param around how many of their balls contain each generated picture
     */
    public record Part(int real, int recalled, int covered, int[] around) implements Serializable {

        private static final long serialVersionUID = 1;

        /**
         * Compares some real pictures with all generated ones.
         *
         * @param real features of the real pictures
         * @param generated features of all generated pictures
         * @param realRadii squared radii of these real pictures
         * @param generatedRadii squared radii of all generated ones
         * @param ball whether its edge belongs to it
         * @return the counts
         */
        public static Part of(
                FeatureMatrix real,
                FeatureMatrix generated,
                double[] realRadii,
                double[] generatedRadii,
                Ball ball) {
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
            return new Part(real.rows(), count(recalled), count(covered), around);
        }
    }

    private static int count(boolean[] holds) {
        int count = 0;
        for (boolean one : holds) {
            count += one ? 1 : 0;
        }
        return count;
    }
}
