package io.zigma.backbone.zigma;

import com.google.gson.JsonObject;
import io.zigma.mixer.TokenMixers;
import io.zigma.nn.MambaConfig;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The properties of a ZigMa model that {@code zigma info} shows. */
final class ZigMaFacts {

    private ZigMaFacts() {}

    static Map<String, String> of(ZigMaConfig config) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(
                "layers",
                "%s of %s channels on patches of %s × %s"
                        .formatted(
                                config.depth(),
                                config.hiddenSize(),
                                config.patchSize(),
                                config.patchSize()));
        if (!config.mixer().equals(MambaConfig.PUBLISHED)) {
            facts.put("mixer", TokenMixers.spelling(config.mixer()));
        }
        if (config.mixer().followsScan()) {
            facts.put("scan", config.scan().spelling());
        }
        return facts;
    }

    /** The paper's terms for one layer in a line each. */
    static String complexity(ZigMaConfig config) {
        if (config.mixer().mamba().isEmpty()) {
            return ""; // the paper has none for other mixers
        }
        LayerComplexity layer = LayerComplexity.of(config);
        int directions = Math.max(2, directions(config));
        return String.join(
                "\n",
                "a layer's mixing by the paper's terms, M = %s, D = %s, N = %s:"
                        .formatted(layer.tokens(), layer.channels(), layer.states()),
                "  one scan 3M(2D)N + M(2D)N²: %s".formatted(large(layer.zigzag())),
                "  %s scans side by side: %s"
                        .formatted(directions, large(layer.parallelScans(directions))),
                "  self-attention 4MD² + 2M²D: %s".formatted(large(layer.selfAttention())));
    }

    static JsonObject complexityJson(ZigMaConfig config) {
        if (config.mixer().mamba().isEmpty()) {
            return new JsonObject();
        }
        LayerComplexity layer = LayerComplexity.of(config);
        int directions = directions(config);
        JsonObject paper = new JsonObject();
        paper.addProperty("tokens", layer.tokens());
        paper.addProperty("channels", layer.channels());
        paper.addProperty("states", layer.states());
        paper.addProperty("zigzag", layer.zigzag());
        paper.addProperty("directions", directions);
        paper.addProperty("parallel_scans", layer.parallelScans(directions));
        paper.addProperty("self_attention", layer.selfAttention());
        return paper;
    }

    /** How many different scans the layers cycle through. */
    private static int directions(ZigMaConfig config) {
        return Math.toIntExact(
                config.scan().plan(config.grid(), config.depth()).stream().distinct().count());
    }

    private static String large(long number) {
        return number < 10_000_000_000L
                ? String.format(Locale.ROOT, "%.1f million", number / 1e6)
                : String.format(Locale.ROOT, "%.1f billion", number / 1e9);
    }
}
