package io.zigma.train.encode;

import com.google.gson.JsonObject;
import io.zigma.codec.CodecReference;
import io.zigma.op.Precision;
import io.zigma.text.TextEncoderReference;
import io.zigma.train.data.ImageDataset;
import java.io.Serializable;
import java.util.Optional;

/**
 * How pictures are encoded.
 *
 * @param samplesPerShard samples that a tar file has, but for the last
 * @param mirrored whether the latent of the mirrored picture is stored beside each
 * @param half whether latents are stored as float16, else as float32
 * @param textTokens n, what captions are cut to where their tokens are stored; 0 where they are not
 * @param precision of the codec's convolutions and products
 */
public record EncodingSettings(
        int samplesPerShard, boolean mirrored, boolean half, int textTokens, Precision precision)
        implements Serializable {

    private static final long serialVersionUID = 2;

    /**
     * A thousand samples a shard, in float16, not mirrored, without tokens, computed in float32.
     */
    public static final EncodingSettings DEFAULT =
            new EncodingSettings(1000, false, true, 0, Precision.FLOAT32);

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if a shard would be empty, or there are negative tokens
     */
    public EncodingSettings {
        if (samplesPerShard < 1) {
            throw new IllegalArgumentException(
                    "a shard has 1 sample or more, not " + samplesPerShard);
        }
        if (textTokens < 0) {
            throw new IllegalArgumentException(
                    "a caption cannot have %s tokens".formatted(textTokens));
        }
    }

    /**
     * Returns what was asked for, so that an encoding is resumed only as it was begun. Which
     * processor or GPU computes, and whether with TF32, is not part of it.
     *
     * @param data what is encoded
     * @param codec what encodes it
     * @param encoder what encodes the captions, if it is stored
     * @return facts by name
     */
    JsonObject identity(
            ImageDataset data, CodecReference codec, Optional<TextEncoderReference> encoder) {
        JsonObject json = new JsonObject();
        json.addProperty("data", data.contentHash());
        String size = data.channels() + "x" + data.height() + "x" + data.width();
        json.addProperty("size", data.frames() > 0 ? data.frames() + "x" + size : size);
        json.addProperty("codec", codec.hash());
        json.addProperty("samples_per_shard", samplesPerShard);
        json.addProperty("mirrored", mirrored);
        json.addProperty("type", half ? "float16" : "float32");
        if (precision != Precision.FLOAT32) {
            json.addProperty("precision", precision.label());
        }
        json.addProperty("text_tokens", textTokens);
        json.addProperty("text_encoder", encoder.map(TextEncoderReference::hash).orElse(""));
        return json;
    }
}
