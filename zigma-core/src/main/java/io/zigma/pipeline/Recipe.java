package io.zigma.pipeline;

import io.zigma.diffusion.GuidanceStrength;
import io.zigma.io.Software;
import io.zigma.op.Precision;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Everything that reproduces a picture; PNG files contain it as text.
 *
 * @param model the checkpoint's name
 * @param weightsHash SHA-256 of the weights
 * @param condition the condition, as in {@link io.zigma.condition.ConditionEncoder#facts}: the
 *     class, the prompt, the hash of the text's tokens; empty without a condition
 * @param seed the image's own seed
 * @param sampler name of the sampler
 * @param steps its number of steps
 * @param samplerOptions its options that differ from the defaults, by name
 * @param guidance scale and interval of the guidance
 * @param precision of large matrix products
 * @param editing how the noise was chosen, and the SHA-256 of the picture and the mask that it was
 *     made from; empty where it was made from the noise of its seed
 */
public record Recipe(
        String model,
        String weightsHash,
        Map<String, String> condition,
        long seed,
        String sampler,
        int steps,
        Map<String, String> samplerOptions,
        GuidanceStrength guidance,
        Precision precision,
        Map<String, String> editing) {

    /** Copies the map. */
    public Recipe {
        editing = Collections.unmodifiableMap(new LinkedHashMap<>(editing));
    }

    /**
     * Describes a picture that was made from the noise of its seed.
     *
     * @param model the checkpoint's name
     * @param weightsHash SHA-256 of the weights
     * @param condition the condition
     * @param seed the image's own seed
     * @param sampler name of the sampler
     * @param steps its number of steps
     * @param samplerOptions its options that differ from the defaults, by name
     * @param guidance scale and interval of the guidance
     * @param precision of large matrix products
     */
    public Recipe(
            String model,
            String weightsHash,
            Map<String, String> condition,
            long seed,
            String sampler,
            int steps,
            Map<String, String> samplerOptions,
            GuidanceStrength guidance,
            Precision precision) {
        this(
                model,
                weightsHash,
                condition,
                seed,
                sampler,
                steps,
                samplerOptions,
                guidance,
                precision,
                Map.of());
    }

    /**
     * Returns the recipe as text fields.
     *
     * @return field name → text, in a fixed order
     */
    public Map<String, String> fields() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("Software", "ZigMa " + Software.version());
        fields.put("model", model);
        fields.put(RecipeFields.WEIGHTS, weightsHash);
        fields.putAll(condition);
        fields.put(RecipeFields.SEED, Long.toString(seed));
        fields.putAll(editing);
        fields.put(RecipeFields.SAMPLER, sampler);
        fields.put(RecipeFields.STEPS, Integer.toString(steps));
        if (!samplerOptions.isEmpty()) {
            fields.put(
                    RecipeFields.SAMPLER_OPTIONS,
                    samplerOptions.entrySet().stream()
                            .map(option -> option.getKey() + "=" + option.getValue())
                            .collect(Collectors.joining(" ")));
        }
        fields.put(RecipeFields.GUIDANCE, Double.toString(guidance.scale()));
        if (!guidance.throughout()) {
            fields.put(RecipeFields.GUIDANCE_INTERVAL, guidance.from() + "," + guidance.to());
        }
        if (guidance.channels() != 0) {
            fields.put(RecipeFields.GUIDANCE_CHANNELS, Integer.toString(guidance.channels()));
        }
        if (precision != Precision.FLOAT32) {
            fields.put(RecipeFields.PRECISION, precision.label());
        }
        return fields;
    }

    /**
     * Returns the requested class.
     *
     * @return its name; empty where there was none
     */
    public String label() {
        return condition.getOrDefault(RecipeFields.CLASS, "");
    }

    /**
     * Returns the recipe of several pictures in one file.
     *
     * @param images one or more that follow each other
     * @return the first one's fields; of several prompts each once, one a line; what else differs
     *     among them is "in turn"; of an interpolation where it begins and ends; and how many there
     *     are
     */
    public static Map<String, String> together(List<GeneratedImage> images) {
        Map<String, String> fields = new LinkedHashMap<>(images.get(0).recipe().fields());
        List<Map<String, String>> all =
                images.stream().map(image -> image.recipe().fields()).toList();
        List<String> asked =
                images.stream()
                        .flatMap(image -> image.recipe().condition().keySet().stream())
                        .distinct()
                        .toList();
        for (String field : asked) {
            List<String> values = all.stream().map(recipe -> recipe.get(field)).distinct().toList();
            if (values.size() > 1) {
                fields.put(
                        field,
                        field.equals(RecipeFields.PROMPT)
                                ? String.join("\n", values)
                                : RecipeFields.IN_TURN);
            }
        }
        String first = all.get(0).get(RecipeFields.FRACTION);
        String last = all.get(all.size() - 1).get(RecipeFields.FRACTION);
        if (first != null && last != null && all.size() > 1) {
            fields.put(RecipeFields.FRACTION, first + "," + last);
        }
        if (images.size() > 1) {
            fields.put(RecipeFields.COUNT, Integer.toString(images.size()));
        }
        return fields;
    }
}
