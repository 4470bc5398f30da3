package io.zigma.eval.metric;

import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Features made up for tests, and what the tests do to them. */
final class RandomFeatures {

    private RandomFeatures() {}

    /** Normal features that hang together, so that their covariance is not diagonal. */
    static FeatureMatrix normal(int rows, int columns, long seed) {
        Random random = new Random(seed);
        float[] values = new float[rows * columns];
        for (int row = 0; row < rows; row++) {
            double common = random.nextGaussian();
            for (int i = 0; i < columns; i++) {
                values[row * columns + i] =
                        (float) (0.5 * common + (1 + i % 3) * random.nextGaussian() + i);
            }
        }
        return FeatureMatrix.of(columns, values);
    }

    /** Small whole numbers, many of them equal and many distances tied. */
    static FeatureMatrix whole(int rows, int columns, long seed) {
        Random random = new Random(seed);
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(4);
        }
        return FeatureMatrix.of(columns, values);
    }

    static FeatureMatrix shuffled(FeatureMatrix features, long seed) {
        List<Integer> order =
                IntStream.range(0, features.rows()).boxed().collect(Collectors.toList());
        Collections.shuffle(order, new Random(seed));
        return features.select(order.stream().mapToInt(Integer::intValue).toArray());
    }

    static FeatureMatrix rows(FeatureMatrix features, int from, int to) {
        return features.select(IntStream.range(from, to).toArray());
    }

    /** Runs something in a pool of its own, with that many threads. */
    static <T> T with(int threads, Callable<T> work) {
        ForkJoinPool pool = new ForkJoinPool(threads);
        try {
            return pool.submit(work).join();
        } finally {
            pool.shutdown();
        }
    }
}
