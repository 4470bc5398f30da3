package io.zigma.train.evaluate;

import io.zigma.sampler.Sampler;
import java.util.Optional;

/**
 * Which model was judged, and how it was sampled.
 *
 * @param name of the checkpoint
 * @param weightsHash SHA-256 of its weights
 * @param step how many steps it was trained, for the checkpoint of a run
 * @param sampler how it was sampled
 * @param guidanceScale weight of the condition, 1 for none
 */
public record ModelUnderTest(
        String name,
        String weightsHash,
        Optional<Long> step,
        Sampler sampler,
        double guidanceScale) {

    /**
     * Tells whether every evaluation was one with and one without the condition.
     *
     * @return true unless the scale is 1
     */
    public boolean guided() {
        return guidanceScale != 1;
    }
}
