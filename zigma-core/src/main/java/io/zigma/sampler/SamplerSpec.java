package io.zigma.sampler;

import io.zigma.base.Amount;
import io.zigma.base.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A sampler as it is named in requests, recipes and files.
 *
 * @param name one of {@link Samplers#KINDS}
 * @param steps from noise to data, at least 1
 * @param options settings that differ from the default, by name, in canonical spelling
 */
public record SamplerSpec(String name, int steps, Map<String, String> options) {

    /**
     * Checks everything and brings the options to their canonical spelling.
     *
     * @throws IllegalArgumentException if there is no sampler of that name or no such option (the
     *     message lists all and proposes the nearest), a value is not allowed, or there are too few
     *     steps
     */
    public SamplerSpec {
        SamplerKind kind = Samplers.KINDS.get(name.strip());
        name = kind.name();
        Settings values = settings(kind, options);
        options = java.util.Collections.unmodifiableMap(values.given());
        kind.create(steps, values);
    }

    /**
     * Names a sampler with default settings.
     *
     * @param name one of {@link Samplers#KINDS}, in any case
     * @param steps from noise to data
     * @throws IllegalArgumentException if there is none of that name or there are too few steps
     */
    public SamplerSpec(String name, int steps) {
        this(name, steps, Map.of());
    }

    /**
     * Reads what a user wrote.
     *
     * @param name one of {@link Samplers#KINDS}, in any case
     * @param steps from noise to data
     * @param options {@code NAME=VALUE} each
     * @return the spec
     * @throws IllegalArgumentException as the constructor
     */
    public static SamplerSpec parse(String name, int steps, List<String> options) {
        return new SamplerSpec(name, steps, Settings.split(options));
    }

    /**
     * Makes the sampler.
     *
     * @return a sampler whose {@link Sampler#spec} is equal to this
     */
    public Sampler create() {
        SamplerKind kind = Samplers.KINDS.get(name);
        return kind.create(steps, settings(kind, options));
    }

    /**
     * Returns the same with another number of steps.
     *
     * @param changed from noise to data
     * @return a changed copy
     * @throws IllegalArgumentException if there are too few
     */
    public SamplerSpec withSteps(int changed) {
        return new SamplerSpec(name, changed, options);
    }

    /** Returns name and steps, and the options where there are any, as text. */
    @Override
    public String toString() {
        StringBuilder text =
                new StringBuilder("%s in %s".formatted(name, Amount.of(steps, "step")));
        options.forEach(
                (option, value) -> text.append(", ").append(option).append('=').append(value));
        return text.toString();
    }

    private static Settings settings(SamplerKind kind, Map<String, String> options) {
        return Settings.of("sampler " + kind.name(), kind.settings(), new LinkedHashMap<>(options));
    }
}
