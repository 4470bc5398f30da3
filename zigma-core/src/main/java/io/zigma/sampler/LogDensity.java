package io.zigma.sampler;

import ai.djl.ndarray.NDArray;

/**
 * The log-density of the samples of a batch.
 *
 * @param nats log p(x) of each sample, in nats
 * @param noise the noise that the samples come from (B, …)
 * @param evaluations how often the model was evaluated and differentiated
 */
public record LogDensity(double[] nats, NDArray noise, int evaluations) {}
