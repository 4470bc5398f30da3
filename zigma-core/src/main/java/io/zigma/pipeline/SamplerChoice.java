package io.zigma.pipeline;

import io.zigma.checkpoint.CheckpointConfig.SamplingDefaults;
import io.zigma.condition.InvalidRequestException;
import io.zigma.sampler.Sampler;
import io.zigma.sampler.SamplerSpec;
import io.zigma.sampler.Samplers;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which sampler makes a picture; what is left open, the checkpoint's recommendation fills in. */
public sealed interface SamplerChoice permits SamplerChoice.Given, SamplerChoice.Named {

    /** The checkpoint's recommendation in everything. */
    SamplerChoice RECOMMENDED = Named.OPEN;

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
     * A sampler by its name, with standard values for the options that are not given; without a
     * name the recommended one, with the recommended options where none are given.
     *
     * @param name one of {@link Samplers#KINDS}, or null for the recommended one
     * @param steps from noise to picture, at least 1 (an SDE needs 2), or null for as many as
     *     recommended
     * @param options of the sampler by name
     */
    record Named(@Nullable String name, @Nullable Integer steps, Map<String, String> options)
            implements SamplerChoice {

        /** Everything is left to the checkpoint. */
        public static final Named OPEN = new Named(null, null);

        /** So many are enough for any sampler. */
        private static final int ENOUGH = 2;

        /**
         * Checks what can be checked without a checkpoint.
         *
         * @throws InvalidRequestException if there is no sampler of that name, it has no such
         *     option, or the steps are too few
         */
        public Named {
            options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
            if (steps != null && steps < 1) {
                throw new InvalidRequestException(
                        "a picture takes at least 1 step, not %s".formatted(steps));
            }
            if (name != null) {
                sampler(name, steps == null ? ENOUGH : steps, options);
            }
        }

        /**
         * Names a sampler with standard values, or the recommended one as recommended.
         *
         * @param name one of {@link Samplers#KINDS}, or null for the recommended one
         * @param steps from noise to picture, or null for as many as recommended
         * @throws InvalidRequestException if there is no sampler of that name, or the steps are too
         *     few
         */
        public Named(@Nullable String name, @Nullable Integer steps) {
            this(name, steps, Map.of());
        }

        /**
         * Returns the choice that remains when another overrides this one.
         *
         * @param changed what is asked for; what it leaves open is as it is here, but for options
         *     of another sampler
         * @return this with the changes
         */
        public Named changedBy(Named changed) {
            Map<String, String> values = new LinkedHashMap<>();
            if (changed.name == null) {
                values.putAll(options);
            }
            values.putAll(changed.options);
            return new Named(
                    changed.name == null ? name : changed.name,
                    changed.steps == null ? steps : changed.steps,
                    values);
        }

        @Override
        public Sampler with(SamplingDefaults defaults) {
            Map<String, String> values = new LinkedHashMap<>();
            if (name == null) {
                values.putAll(defaults.options());
            }
            values.putAll(options);
            return sampler(
                    name == null ? defaults.sampler() : name,
                    steps == null ? defaults.steps() : steps,
                    values);
        }

        private static Sampler sampler(String name, int steps, Map<String, String> options) {
            try {
                return new SamplerSpec(name, steps, options).create();
            } catch (IllegalArgumentException e) {
                throw new InvalidRequestException(e.getMessage(), e);
            }
        }
    }
}
