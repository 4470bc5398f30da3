package io.zigma.op;

import org.jspecify.annotations.Nullable;

/**
 * Decides which path dense products take in this process.
 *
 * <p>The two paths round differently, so the decision is part of what makes the same request give
 * the same bytes. It follows from the processor's instructions alone and from nothing that is
 * measured: {@link DensePath#CONVOLUTION} wherever the engine's oneDNN has 256-bit or longer
 * vectors with fused multiply-add, {@link DensePath#LINEAR} elsewhere. The system property {@code
 * zigma.dense} overrides it with {@code linear} or {@code convolution}.
 */
final class DenseChoice {

    private static volatile @Nullable DensePath decided;

    private DenseChoice() {}

    /**
     * Returns the path of this process, which is decided at its first product.
     *
     * @throws IllegalArgumentException if {@code zigma.dense} is no path's name
     */
    static DensePath path() {
        DensePath path = decided;
        if (path == null) {
            path = decide(System.getProperty("zigma.dense"), Processor.own());
            decided = path;
        }
        return path;
    }

    /**
     * Decides.
     *
     * @param requested a path's name, or null if the property is not set
     * @param processor what computes here
     * @return the path
     * @throws IllegalArgumentException if it is no path's name, or is the convolution where oneDNN
     *     has other kernels, which round by the size of the batch
     */
    static DensePath decide(@Nullable String requested, Processor processor) {
        boolean convolves = processor.has("avx2");
        if (requested == null) {
            return convolves ? DensePath.CONVOLUTION : DensePath.LINEAR;
        }
        DensePath path = DensePath.parse(requested);
        if (path == DensePath.CONVOLUTION && !convolves) {
            throw new IllegalArgumentException(
                    "zigma.dense=convolution needs a processor with AVX2; leave it out");
        }
        return path;
    }

    /**
     * Makes all later products of this process take a path, for tests of both.
     *
     * @param path the path, or null to decide again
     */
    static void force(@Nullable DensePath path) {
        decided = path;
    }
}
