package io.zigma.pipeline;

import io.zigma.diffusion.GuidanceStrength;
import io.zigma.io.Software;
import io.zigma.op.Precision;
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
        Precision precision) {

    private static final String PROMPT = "prompt";

    /**
     * Returns the recipe as text fields.
     *
     * @return field name → text, in a fixed order
     */
    public Map<String, String> fields() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("Software", "ZigMa " + Software.version());
        fields.put("model", model);
        fields.put("weights_sha256", weightsHash);
        fields.putAll(condition);
        fields.put("seed", Long.toString(seed));
        fields.put("sampler", sampler);
        fields.put("steps", Integer.toString(steps));
        if (!samplerOptions.isEmpty()) {
            fields.put(
                    "sampler_options",
                    samplerOptions.entrySet().stream()
                            .map(option -> option.getKey() + "=" + option.getValue())
                            .collect(Collectors.joining(" ")));
        }
        fields.put("guidance_scale", Double.toString(guidance.scale()));
        if (!guidance.throughout()) {
            fields.put("guidance_interval", guidance.from() + "," + guidance.to());
        }
        if (guidance.channels() != 0) {
            fields.put("guidance_channels", Integer.toString(guidance.channels()));
        }
        if (precision != Precision.FLOAT32) {
            fields.put("precision", precision.label());
        }
        return fields;
    }

    /**
     * Returns the requested class.
     *
     * @return its name; empty where there was none
     */
    public String label() {
        return condition.getOrDefault("class", "");
    }

    /**
     * Returns the recipe of several pictures in one file.
     *
     * @param images one or more that follow each other
     * @return the first one's fields; of several prompts each once, one a line; what else differs
     *     among them is "in turn"; and how many there are
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
                fields.put(field, field.equals(PROMPT) ? String.join("\n", values) : "in turn");
            }
        }
        if (images.size() > 1) {
            fields.put("count", Integer.toString(images.size()));
        }
        return fields;
    }
}
