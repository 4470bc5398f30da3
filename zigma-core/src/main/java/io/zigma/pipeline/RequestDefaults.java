package io.zigma.pipeline;

import io.zigma.base.Settings;
import io.zigma.condition.InvalidRequestException;
import io.zigma.pipeline.GuidanceChoice.Interval;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The defaults of requests, given when a model was loaded: the arguments {@code seed}, {@code
 * sampler}, {@code steps}, {@code samplerOptions}, {@code guidance}, {@code guidanceInterval} and
 * {@code guidanceChannels}, from {@code optArgument}, a URL's query or {@code serving.properties}.
 *
 * @param seed the first image's seed; null or −1 for a random one a request
 * @param sampler which sampler, with how many steps and which options
 * @param guidance how hard to follow the condition, and when
 */
public record RequestDefaults(
        @Nullable Long seed, SamplerChoice.Named sampler, GuidanceChoice guidance) {

    /** Everything is left to the checkpoint. */
    public static final RequestDefaults NONE = of(Map.of());

    /**
     * Reads the arguments.
     *
     * @param arguments by name, numbers or their text
     * @return the defaults
     * @throws InvalidRequestException if one cannot be meant; the message names it
     */
    public static RequestDefaults of(Map<String, ?> arguments) {
        return new RequestDefaults(
                number(arguments, "seed", Long::valueOf),
                new SamplerChoice.Named(
                        text(arguments, "sampler"),
                        number(arguments, "steps", Integer::valueOf),
                        samplerOptions(arguments)),
                new GuidanceChoice(
                        number(arguments, "guidance", Double::valueOf),
                        interval(arguments),
                        number(arguments, "guidanceChannels", Integer::valueOf)));
    }

    /** Reads options as {@code eta=0.5,noise=2}, with commas between them. */
    private static Map<String, String> samplerOptions(Map<String, ?> arguments) {
        String value = text(arguments, "samplerOptions");
        if (value == null) {
            return Map.of();
        }
        try {
            return Settings.split(List.of(value.split(",", -1)));
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException(
                    "the model's argument samplerOptions: " + e.getMessage(), e);
        }
    }

    private static @Nullable Interval interval(Map<String, ?> arguments) {
        String value = text(arguments, "guidanceInterval");
        if (value == null) {
            return null;
        }
        try {
            return Interval.parse(value);
        } catch (InvalidRequestException e) {
            throw new InvalidRequestException(
                    "the model's argument guidanceInterval takes " + e.getMessage(), e);
        }
    }

    /**
     * Puts the defaults into a request.
     *
     * @param request any
     * @return a changed copy
     */
    public GenerationRequest applyTo(GenerationRequest request) {
        GenerationRequest changed = request.withSampler(sampler);
        if (seed != null) {
            changed = changed.withSeed(GenerationRequest.seedOf(seed));
        }
        return changed.withGuidance(guidance);
    }

    private static @Nullable String text(Map<String, ?> arguments, String key) {
        Object value = arguments.get(key);
        return value == null ? null : value.toString();
    }

    /** Reads a number, which is a text in properties and URLs. */
    static <T> @Nullable T number(Map<String, ?> arguments, String key, Function<String, T> type) {
        String value = text(arguments, key);
        try {
            return value == null ? null : type.apply(value.strip());
        } catch (NumberFormatException e) {
            throw new InvalidRequestException(
                    "the model's argument %s should be a number, not '%s'".formatted(key, value),
                    e);
        }
    }
}
