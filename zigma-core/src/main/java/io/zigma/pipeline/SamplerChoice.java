package io.zigma.pipeline;

import io.zigma.checkpoint.CheckpointConfig.SamplingDefaults;
import io.zigma.condition.InvalidRequestException;
import io.zigma.sampler.Sampler;
import io.zigma.sampler.Samplers;
import org.jspecify.annotations.Nullable;

/** Which sampler makes a picture; what is left open, the checkpoint's recommendation fills in. */
public sealed interface SamplerChoice permits SamplerChoice.Given, SamplerChoice.Named {

    /** The checkpoint's recommendation in everything. */
    SamplerChoice RECOMMENDED = new Named(null, null);

    /**
     * Returns the sampler.
     *
     * @param defaults what the checkpoint recommends
     * @return a sampler with its steps
     * @throws InvalidRequestException if the two do not fit, such as an SDE in one step
     */
    Sampler with(SamplingDefaults defaults);

    /**
     * A sampler as it is, whatever the checkpoint recommends.
     *
     * @param sampler the sampler with its steps
     */
    record Given(Sampler sampler) implements SamplerChoice {

        @Override
        public Sampler with(SamplingDefaults defaults) {
            return sampler;
        }
    }

    /**
     * A sampler with the usual tolerances or diffusion.
     *
     * @param name one of {@link Samplers#KINDS}, or null for the recommended one
     * @param steps from noise to picture, at least 1 (an SDE needs 2), or null for as many as
     *     recommended
     */
    record Named(@Nullable String name, @Nullable Integer steps) implements SamplerChoice {

        /** So many are enough for any sampler. */
        private static final int ENOUGH = 2;

        /**
         * Checks what can be checked without a checkpoint.
         *
         * @throws InvalidRequestException if there is no sampler of that name, or the steps are too
         *     few
         */
        public Named {
            if (steps != null && steps < 1) {
                throw new InvalidRequestException(
                        "a picture takes at least 1 step, not %s".formatted(steps));
            }
            if (name != null) {
                sampler(name, steps == null ? ENOUGH : steps);
            }
        }

        @Override
        public Sampler with(SamplingDefaults defaults) {
            return sampler(
                    name == null ? defaults.sampler() : name,
                    steps == null ? defaults.steps() : steps);
        }

        private static Sampler sampler(String name, int steps) {
            try {
                return Samplers.of(name, steps);
            } catch (IllegalArgumentException e) {
                throw new InvalidRequestException(e.getMessage(), e);
            }
        }
    }
}
