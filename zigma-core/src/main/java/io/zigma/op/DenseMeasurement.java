package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtEngine;
import ai.djl.pytorch.jni.JniUtils;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * Measures both paths of a dense product, in less than a tenth of a second.
 *
 * <p>What counts is the time that this thread spent computing, not the time that passed, and of
 * several rounds that take turns the shortest: other programs can then hardly change the outcome.
 */
final class DenseMeasurement {

    private static final int WARM_UP = 3;
    private static final int ROUNDS = 12;
    private static final long TOKENS = 1024;
    private static final long CHANNELS = 512;

    private DenseMeasurement() {}

    /** Returns the time of a linear product over that of the same as a convolution. */
    static double linearOverConvolution() {
        boolean recording = JniUtils.isGradMode();
        JniUtils.setGradMode(false);
        try (NDManager manager = NDManager.newBaseManager(PtEngine.ENGINE_NAME);
                NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray x = manager.ones(new Shape(1, TOKENS, CHANNELS));
            NDArray weight = manager.ones(new Shape(CHANNELS, CHANNELS));
            long linear = Long.MAX_VALUE;
            long convolution = Long.MAX_VALUE;
            for (int round = -WARM_UP; round < ROUNDS; round++) {
                long linearNow = nanoseconds(DensePath.LINEAR, x, weight);
                long convolutionNow = nanoseconds(DensePath.CONVOLUTION, x, weight);
                if (round >= 0) {
                    linear = Math.min(linear, linearNow);
                    convolution = Math.min(convolution, convolutionNow);
                }
            }
            return (double) linear / convolution;
        } finally {
            JniUtils.setGradMode(recording);
        }
    }

    private static long nanoseconds(DensePath path, NDArray x, NDArray weight) {
        long before = now();
        path.multiply(x, weight, null).close();
        return now() - before;
    }

    private static long now() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return threads.isCurrentThreadCpuTimeSupported()
                ? threads.getCurrentThreadCpuTime()
                : System.nanoTime();
    }
}
