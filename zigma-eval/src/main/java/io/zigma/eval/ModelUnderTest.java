package io.zigma.eval;

import io.zigma.diffusion.GuidanceStrength;
import io.zigma.sampler.Sampler;
import java.util.Optional;

/**
 * Which model was judged, and how it was sampled.
 *
 * @param name of the checkpoint
 * @param weightsHash SHA-256 of its weights
 * @param step how many steps it was trained, for the checkpoint of a run
 * @param sampler how it was sampled
 * @param guidance how hard the condition was followed, and when
 */
public record ModelUnderTest(
        String name,
        String weightsHash,
        Optional<Long> step,
        Sampler sampler,
        GuidanceStrength guidance) {}
