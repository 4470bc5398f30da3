package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import io.zigma.diffusion.Interpolant;
import io.zigma.diffusion.Prediction;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A way from noise to data along a path that a model knows.
 *
 * <p>Memory stays flat: whatever a step makes is closed with it, and nothing is recorded for
 * gradients, on whatever thread it runs.
 */
public sealed interface Sampler permits OdeSampler, SdeSampler {

    /**
     * Returns the number of steps from noise to data. (The official {@code num_steps} counts time
     * points instead: N points are N − 1 steps, to which an SDE adds its last one.)
     *
     * @return at least 1
     */
    int steps();

    /**
     * Returns the method's name as {@link #parse} knows it.
     *
     * @return one of {@link #names}
     */
    String label();

    /**
     * Tells whether the samples of a batch share step sizes that depend on them all. If so, a
     * sample comes out the same alone as in a batch only when each is sampled alone.
     *
     * @return true for dopri5
     */
    boolean adaptive();

    /**
     * Samples.
     *
     * @param model the model
     * @param prediction what its output means
     * @param path the path it was trained on
     * @param noise where to start (B, …), standard normal; left as it is
     * @param stepNoise the noise of the steps; an ODE draws none
     * @param listener hears of every step and can stop it all by throwing
     * @return samples of the noise's shape, on the noise's manager
     * @throws IllegalArgumentException if the model changes the shape
     * @throws ArithmeticException if an adaptive method cannot reach its tolerances
     */
    NDArray sample(
            ModelFunction model,
            Prediction prediction,
            Interpolant path,
            NDArray noise,
            NoiseSource stepNoise,
            StepListener listener);

    /**
     * Makes the sampler that a user named, with the usual tolerances or diffusion.
     *
     * @param name one of {@link #names}, in any case
     * @param steps the number of steps, at least 1; an SDE needs 2, the second being its last
     * @return the sampler
     * @throws IllegalArgumentException if there is none of that name (the message lists all) or
     *     there are too few steps
     */
    static Sampler parse(String name, int steps) {
        for (OdeMethod method : OdeMethod.values()) {
            if (method.label().equalsIgnoreCase(name.strip())) {
                return new OdeSampler(method, steps);
            }
        }
        for (SdeMethod method : SdeMethod.values()) {
            if (method.label().equalsIgnoreCase(name.strip())) {
                return new SdeSampler(method, steps);
            }
        }
        throw new IllegalArgumentException(
                "there is no sampler '%s'; choose one of %s"
                        .formatted(name, names().stream().collect(Collectors.joining(", "))));
    }

    /**
     * Returns the names that {@link #parse} knows.
     *
     * @return the ODE methods, then the SDE methods
     */
    static List<String> names() {
        return Stream.concat(
                        Arrays.stream(OdeMethod.values()).map(OdeMethod::label),
                        Arrays.stream(SdeMethod.values()).map(SdeMethod::label))
                .toList();
    }
}
