package io.zigma.codec;

import com.google.gson.JsonObject;
import io.zigma.base.SampleShape;
import java.util.Map;

/** The shape of a codec that has weights: what its folder's {@code config.json} says. */
public interface CodecSpec {

    /**
     * Returns the codec's kind.
     *
     * @return its name in the registry and in {@code config.json}
     */
    String kind();

    /**
     * Returns what determines the network and its scale, as {@link CodecKind#read} reads it.
     *
     * @return the fields of {@code config.json}
     */
    JsonObject json();

    /**
     * Describes the codec for readers.
     *
     * @return facts by title, in the order of a report
     */
    Map<String, String> facts();

    /**
     * Returns how many channels a picture has.
     *
     * @return 1 (grey) or 3 (RGB)
     */
    int pixelChannels();

    /**
     * Returns how many channels a sample has.
     *
     * @return at least 1
     */
    int latentChannels();

    /**
     * Returns how many pixels a side of a latent's value covers.
     *
     * @return 8 in Stable Diffusion
     */
    int factor();

    /**
     * Returns the shape that pixels are encoded to.
     *
     * @param pixels the size of pictures or videos
     * @return the size of their samples
     * @throws IllegalArgumentException if pictures of that size cannot be encoded
     */
    default SampleShape sampleOf(SampleShape pixels) {
        if (pixels.channels() != pixelChannels()) {
            throw new IllegalArgumentException(
                    "the codec encodes pictures of %s channels, not %s"
                            .formatted(pixelChannels(), pixels.channels()));
        }
        if (pixels.height() % factor() != 0 || pixels.width() % factor() != 0) {
            throw new IllegalArgumentException(
                    "the codec encodes pictures whose sides are multiples of %s, not %s×%s"
                            .formatted(factor(), pixels.height(), pixels.width()));
        }
        return new SampleShape(
                pixels.frames(),
                latentChannels(),
                pixels.height() / factor(),
                pixels.width() / factor());
    }

    /**
     * Returns the shape that samples are decoded to.
     *
     * @param sample the size of a sample
     * @return the size of its pixels
     * @throws IllegalArgumentException if samples of that size cannot be decoded
     */
    default SampleShape pixelsOf(SampleShape sample) {
        if (sample.channels() != latentChannels()) {
            throw new IllegalArgumentException(
                    "the codec decodes latents of %s channels, not %s"
                            .formatted(latentChannels(), sample.channels()));
        }
        return new SampleShape(
                sample.frames(),
                pixelChannels(),
                Math.multiplyExact(sample.height(), factor()),
                Math.multiplyExact(sample.width(), factor()));
    }

    /**
     * Makes the network without values.
     *
     * @return a network whose parameters have the names of the folder's tensors
     */
    CodecNetwork network();
}
