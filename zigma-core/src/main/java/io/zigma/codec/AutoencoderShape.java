package io.zigma.codec;

import com.google.gson.JsonArray;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What the shapes of autoencoders have in common: their checks, facts and lists of numbers. */
final class AutoencoderShape {

    private static final int MOST_LAYERS = 64;

    private AutoencoderShape() {}

    /** Refuses pictures that are neither grey nor RGB. */
    static void requirePictures(int pixelChannels) {
        if (pixelChannels != 1 && pixelChannels != 3) {
            throw new IllegalArgumentException(
                    "an autoencoder has pictures of 1 channel (grey) or 3 (RGB), not "
                            + pixelChannels);
        }
    }

    /** Refuses levels without residual blocks, or with too many. */
    static void requireLayers(int layersPerBlock) {
        if (layersPerBlock < 1 || layersPerBlock > MOST_LAYERS) {
            throw new IllegalArgumentException(
                    "a level has 1 to %s residual blocks, not %s"
                            .formatted(MOST_LAYERS, layersPerBlock));
        }
    }

    /** Returns what pictures and latents are, for readers; facts may be added. */
    static Map<String, String> facts(CodecSpec spec) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("pixels", spec.pixelChannels() == 1 ? "grey" : "RGB");
        facts.put(
                "latents",
                "%s channels, %s × %s pixels each"
                        .formatted(spec.latentChannels(), spec.factor(), spec.factor()));
        return facts;
    }

    /** Describes the levels, for readers. */
    static String levels(List<Integer> widths, int layersPerBlock) {
        String channels = widths.stream().map(String::valueOf).collect(Collectors.joining(", "));
        return "%s channels, %s residual blocks each".formatted(channels, layersPerBlock);
    }

    /** Returns numbers as JSON. */
    static JsonArray array(List<Integer> numbers) {
        JsonArray array = new JsonArray();
        numbers.forEach(array::add);
        return array;
    }
}
