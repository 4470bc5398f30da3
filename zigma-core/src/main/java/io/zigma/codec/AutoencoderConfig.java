package io.zigma.codec;

import com.google.gson.JsonObject;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import java.util.List;
import java.util.Map;

/**
 * The shape of an AutoencoderKL (Rombach et al. 2022, section 3.1; diffusers {@code
 * autoencoder_kl.py}, CompVis {@code latent-diffusion} {@code AutoencoderKL}).
 *
 * @param pixelChannels channels of a picture, 1 or 3
 * @param latentChannels channels of a latent, 4 in Stable Diffusion 1, 16 in its version 3
 * @param innerChannels channels between encoder and posterior, CompVis' {@code z_channels};
 *     diffusers has as many as in a latent
 * @param stemChannels outputs of the encoder's first convolution; in diffusers those of level 0
 * @param widths channels at each level from the pixels down; each level but the last halves the
 *     sides
 * @param layersPerBlock residual blocks at each level of the encoder; the decoder has one more
 * @param attentionLevels numbers of the levels with attention, from 0 at the pixels
 * @param middleAttention whether the middle has attention
 * @param groups groups of each norm
 * @param epsilon of each norm
 * @param quantConvolution whether a convolution of one pixel makes the posterior of the encoder's
 *     output
 * @param postQuantConvolution whether one stands before the decoder
 * @param scale what a model's samples are multiplied by: sample = (latent − shift) · scale
 * @param shift what is subtracted before
 */
public record AutoencoderConfig(
        int pixelChannels,
        int latentChannels,
        int innerChannels,
        int stemChannels,
        List<Integer> widths,
        int layersPerBlock,
        List<Integer> attentionLevels,
        boolean middleAttention,
        int groups,
        double epsilon,
        boolean quantConvolution,
        boolean postQuantConvolution,
        double scale,
        double shift)
        implements CodecSpec {

    /** Its name in the registry and in {@code config.json}. */
    public static final String KIND = "autoencoder-kl";

    /** Groups of the norms of all published autoencoders of this kind. */
    public static final int GROUPS = 32;

    /** The norms' ε there. */
    public static final double EPSILON = 1e-6;

    /** Sides are halved at most so often: 4,096 pixels a latent. */
    private static final int MOST_LEVELS = 13;

    private static final int MOST_CHANNELS = 1 << 16;

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if they cannot be meant; the message says what to change
     */
    public AutoencoderConfig {
        widths = List.copyOf(widths);
        attentionLevels = List.copyOf(attentionLevels);
        AutoencoderShape.requirePictures(pixelChannels);
        requireChannels("latent_channels", latentChannels);
        requireChannels("inner_channels", innerChannels);
        requireChannels("stem_channels", stemChannels);
        if (widths.isEmpty() || widths.size() > MOST_LEVELS) {
            throw new IllegalArgumentException(
                    "an autoencoder has 1 to %s levels, not %s"
                            .formatted(MOST_LEVELS, widths.size()));
        }
        widths.forEach(width -> requireChannels("widths", width));
        AutoencoderShape.requireLayers(layersPerBlock);
        for (int level : attentionLevels) {
            if (level < 0 || level >= widths.size()) {
                throw new IllegalArgumentException(
                        "there is no level %s to have attention, only 0 to %s"
                                .formatted(level, widths.size() - 1));
            }
        }
        for (int width : widths) {
            requireGroups(width, groups);
        }
        requireGroups(stemChannels, groups);
        if (!(epsilon > 0) || !Double.isFinite(epsilon)) {
            throw new IllegalArgumentException("the norms' epsilon is positive, not " + epsilon);
        }
        if (!(scale > 0) || !Double.isFinite(scale) || !Double.isFinite(shift)) {
            throw new IllegalArgumentException(
                    "latents are scaled by a positive number and shifted by a finite one, not by %s and %s"
                            .formatted(scale, shift));
        }
        if (!quantConvolution && innerChannels != latentChannels) {
            throw new IllegalArgumentException(
                    "without a convolution between encoder and posterior both have as many channels, not %s and %s"
                            .formatted(innerChannels, latentChannels));
        }
        if (!postQuantConvolution && innerChannels != latentChannels) {
            throw new IllegalArgumentException(
                    "without a convolution between latent and decoder both have as many channels, not %s and %s"
                            .formatted(latentChannels, innerChannels));
        }
    }

    private static void requireChannels(String what, int channels) {
        if (channels < 1 || channels > MOST_CHANNELS) {
            throw new IllegalArgumentException(
                    "%s are 1 to %s, not %s".formatted(what, MOST_CHANNELS, channels));
        }
    }

    private static void requireGroups(int channels, int groups) {
        if (groups < 1 || channels % groups != 0) {
            throw new IllegalArgumentException(
                    "%s channels are not a whole number of %s groups; give the norms' number of groups"
                            .formatted(channels, groups));
        }
    }

    @Override
    public int factor() {
        return 1 << (widths.size() - 1);
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public CodecNetwork network() {
        return new Autoencoder(this);
    }

    @Override
    public Map<String, String> facts() {
        Map<String, String> facts = AutoencoderShape.facts(this);
        facts.put("scale", shift == 0 ? "" + scale : "(latent − %s) · %s".formatted(shift, scale));
        facts.put("levels", AutoencoderShape.levels(widths, layersPerBlock));
        return facts;
    }

    @Override
    public JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("pixel_channels", pixelChannels);
        json.addProperty("latent_channels", latentChannels);
        json.addProperty("inner_channels", innerChannels);
        json.addProperty("stem_channels", stemChannels);
        json.add("widths", AutoencoderShape.array(widths));
        json.addProperty("layers_per_block", layersPerBlock);
        json.add("attention_levels", AutoencoderShape.array(attentionLevels));
        json.addProperty("middle_attention", middleAttention);
        json.addProperty("groups", groups);
        json.addProperty("epsilon", epsilon);
        json.addProperty("quant_convolution", quantConvolution);
        json.addProperty("post_quant_convolution", postQuantConvolution);
        json.addProperty("scale", scale);
        json.addProperty("shift", shift);
        return json;
    }

    /**
     * Reads what {@link #json} wrote.
     *
     * @param json the fields
     * @return the shape
     * @throws CheckpointException if a field is missing, unknown or wrong
     */
    static AutoencoderConfig read(Fields json) throws CheckpointException {
        json.only(
                "pixel_channels",
                "latent_channels",
                "inner_channels",
                "stem_channels",
                "widths",
                "layers_per_block",
                "attention_levels",
                "middle_attention",
                "groups",
                "epsilon",
                "quant_convolution",
                "post_quant_convolution",
                "scale",
                "shift");
        return new AutoencoderConfig(
                json.integer("pixel_channels"),
                json.integer("latent_channels"),
                json.integer("inner_channels"),
                json.integer("stem_channels"),
                json.integers("widths"),
                json.integer("layers_per_block"),
                json.integers("attention_levels"),
                json.flag("middle_attention"),
                json.integer("groups"),
                json.number("epsilon"),
                json.flag("quant_convolution"),
                json.flag("post_quant_convolution"),
                json.number("scale"),
                json.number("shift"));
    }
}
