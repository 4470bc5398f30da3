package io.zigma.pipeline;

import io.zigma.diffusion.GuidanceStrength;
import io.zigma.io.Software;
import io.zigma.op.Precision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All it takes to make a picture again; PNG files carry it as text.
 *
 * @param model the checkpoint's name
 * @param weightsHash SHA-256 of the weights
 * @param label the class asked for, empty when there was none
 * @param textHash SHA-256 of the text's tokens as {@link TextTokens#hash} has it, empty when there
 *     was no text
 * @param seed the image's own seed
 * @param sampler name of the sampler
 * @param steps its number of steps
 * @param guidance how hard the condition was followed, and when
 * @param precision what large matrix products were taken in
 */
public record Recipe(
        String model,
        String weightsHash,
        String label,
        String textHash,
        long seed,
        String sampler,
        int steps,
        GuidanceStrength guidance,
        Precision precision) {

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
        if (!label.isEmpty()) {
            fields.put("class", label);
        }
        if (!textHash.isEmpty()) {
            fields.put("text_sha256", textHash);
        }
        fields.put("seed", Long.toString(seed));
        fields.put("sampler", sampler);
        fields.put("steps", Integer.toString(steps));
        fields.put("guidance_scale", Double.toString(guidance.scale()));
        if (!guidance.throughout()) {
            fields.put("guidance_interval", guidance.from() + "," + guidance.to());
        }
        if (precision != Precision.FLOAT32) {
            fields.put("precision", precision.label());
        }
        return fields;
    }

    /**
     * Returns the recipe of several pictures in one file.
     *
     * @param images one or more that follow each other
     * @return the first one's fields; what differs among them is "in turn", and how many there are
     */
    public static Map<String, String> together(List<GeneratedImage> images) {
        Map<String, String> fields = new LinkedHashMap<>(images.get(0).recipe().fields());
        List<Map<String, String>> all =
                images.stream().map(image -> image.recipe().fields()).toList();
        for (String field : List.of("class", "text_sha256")) {
            if (all.stream().map(recipe -> recipe.get(field)).distinct().count() > 1) {
                fields.put(field, "in turn");
            }
        }
        if (images.size() > 1) {
            fields.put("count", Integer.toString(images.size()));
        }
        return fields;
    }
}
