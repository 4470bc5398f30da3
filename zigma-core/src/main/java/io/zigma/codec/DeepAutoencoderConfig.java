package io.zigma.codec;

import com.google.gson.JsonObject;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import java.util.List;
import java.util.Map;

/**
 * The shape of a {@link DeepAutoencoder}.
 *
 * @param pixelChannels channels of a picture, 1 or 3
 * @param latentChannels channels of a latent
 * @param factor pixels along a latent's value, such as 8 or 16
 * @param widths channels at each level from the pixels down; each level but the last halves the
 *     sides, and what is left of the factor lies in the channels before the first
 * @param layersPerBlock residual blocks at each level
 * @param groups groups of each norm
 */
public record DeepAutoencoderConfig(
        int pixelChannels,
        int latentChannels,
        int factor,
        List<Integer> widths,
        int layersPerBlock,
        int groups)
        implements CodecSpec {

    /** Its name in the registry and in {@code config.json}. */
    public static final String KIND = "deep-autoencoder";

    /** Sixteen pixels and channels a latent: 48 numbers become one (Chen et al. 2024, DC-AE). */
    public static final DeepAutoencoderConfig DEFAULT =
            new DeepAutoencoderConfig(3, 16, 16, List.of(64, 128, 192), 2, 16);

    private static final int LARGEST_FACTOR = 64;
    private static final int MOST_CHANNELS = 1 << 12;

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if they cannot be meant; the message says what to change
     */
    public DeepAutoencoderConfig {
        widths = List.copyOf(widths);
        AutoencoderShape.requirePictures(pixelChannels);
        if (factor < 1 || factor > LARGEST_FACTOR || Integer.bitCount(factor) != 1) {
            throw new IllegalArgumentException(
                    "a latent covers 1, 2, 4, … %s pixels a side, not %s"
                            .formatted(LARGEST_FACTOR, factor));
        }
        if (widths.isEmpty() || factor >> (widths.size() - 1) == 0) {
            throw new IllegalArgumentException(
                    "a factor of %s has 1 to %s levels, not %s"
                            .formatted(
                                    factor,
                                    Integer.numberOfTrailingZeros(factor) + 1,
                                    widths.size()));
        }
        if (latentChannels < 1 || latentChannels > pixelChannels * factor * factor) {
            throw new IllegalArgumentException(
                    "latents of %s × %s pixels have 1 to %s channels, not %s"
                            .formatted(
                                    factor,
                                    factor,
                                    pixelChannels * factor * factor,
                                    latentChannels));
        }
        for (int width : widths) {
            if (width < 1 || width > MOST_CHANNELS || groups < 1 || width % groups != 0) {
                throw new IllegalArgumentException(
                        "levels have up to %s channels, in whole groups of norms (%s groups), not %s"
                                .formatted(MOST_CHANNELS, groups, width));
            }
        }
        AutoencoderShape.requireLayers(layersPerBlock);
    }

    /** Pixels along a value where the first level works. */
    int patch() {
        return factor >> (widths.size() - 1);
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public CodecNetwork network() {
        return new DeepAutoencoder(this);
    }

    @Override
    public Map<String, String> facts() {
        Map<String, String> facts = AutoencoderShape.facts(this);
        facts.put("levels", AutoencoderShape.levels(widths, layersPerBlock));
        return facts;
    }

    @Override
    public JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("pixel_channels", pixelChannels);
        json.addProperty("latent_channels", latentChannels);
        json.addProperty("factor", factor);
        json.add("widths", AutoencoderShape.array(widths));
        json.addProperty("layers_per_block", layersPerBlock);
        json.addProperty("groups", groups);
        return json;
    }

    /**
     * Reads what {@link #json} wrote.
     *
     * @param json the fields
     * @return the shape
     * @throws CheckpointException if a field is missing, unknown or wrong
     */
    static DeepAutoencoderConfig read(Fields json) throws CheckpointException {
        json.only(
                "pixel_channels",
                "latent_channels",
                "factor",
                "widths",
                "layers_per_block",
                "groups");
        return new DeepAutoencoderConfig(
                json.integer("pixel_channels"),
                json.integer("latent_channels"),
                json.integer("factor"),
                json.integers("widths"),
                json.integer("layers_per_block"),
                json.integer("groups"));
    }
}
