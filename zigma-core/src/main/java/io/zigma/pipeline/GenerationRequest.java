package io.zigma.pipeline;

import io.zigma.sampler.Sampler;
import java.util.Collections;
import java.util.List;

/**
 * What to generate.
 *
 * @param labels one class number an image, or {@link #ANY}; image i has the seed {@code seed + i}
 * @param seed the first image's seed
 * @param sampler how to solve from noise to data
 * @param guidanceScale weight of the condition in classifier-free guidance: 1 for none, more
 *     follows the class harder
 * @param batchSize how many images are computed at once; it changes speed and memory, not the
 *     pictures
 */
public record GenerationRequest(
        List<Integer> labels, long seed, Sampler sampler, double guidanceScale, int batchSize) {

    /**
     * Stands for no class: the only choice of an unconditional model, the null class of a
     * conditional one.
     */
    public static final int ANY = -1;

    private static final int BATCH = 16;

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if there is no image, or a number is out of range
     */
    public GenerationRequest {
        labels = List.copyOf(labels);
        if (labels.isEmpty()) {
            throw new IllegalArgumentException("ask for at least one image");
        }
        if (!(guidanceScale >= 0 && guidanceScale <= 100)) {
            throw new IllegalArgumentException(
                    "the guidance scale is %s, use 0 to 100 (1 is no guidance)"
                            .formatted(guidanceScale));
        }
        if (batchSize < 1) {
            throw new IllegalArgumentException(
                    "the batch size is %d, use 1 or more".formatted(batchSize));
        }
    }

    /**
     * Asks for several images of one class.
     *
     * @param label the class, or {@link #ANY}
     * @param count how many
     * @param seed the first image's seed
     * @param sampler how to solve from noise to data
     * @param guidanceScale 1 for no guidance
     * @return the request
     */
    public static GenerationRequest of(
            int label, int count, long seed, Sampler sampler, double guidanceScale) {
        return new GenerationRequest(
                Collections.nCopies(count, label), seed, sampler, guidanceScale, BATCH);
    }
}
