package io.zigma.codec;

import ai.djl.ndarray.NDArray;
import io.zigma.base.SampleShape;
import io.zigma.op.Precision;

/** Encodes pixels as the samples of a model, and decodes them. */
public interface SampleCodec extends AutoCloseable {

    /**
     * Encodes pixels.
     *
     * @param pixels (B, C, H, W) or (B, F, C, H, W) in [−1, 1], black to white
     * @return samples (B, …) of the shape of {@link #sampleOf}
     */
    NDArray encode(NDArray pixels);

    /**
     * Encodes pixels as draws from the posterior, where the codec has one: training on latents
     * takes another draw in every epoch.
     *
     * @param pixels as above
     * @param noise standard normal numbers of the result's shape
     * @return samples of the shape of {@link #sampleOf}
     */
    default NDArray encode(NDArray pixels, NDArray noise) {
        return encode(pixels);
    }

    /**
     * Decodes samples.
     *
     * @param sample samples (B, …) as a model generates them
     * @return pixels (B, C, H, W) or (B, F, C, H, W), about −1 black to 1 white; C is 1 or 3
     */
    NDArray decode(NDArray sample);

    /**
     * Returns the shape that pixels are encoded to.
     *
     * @param pixels the size of pictures or videos
     * @return the size of their samples
     * @throws IllegalArgumentException if pictures of that size cannot be encoded
     */
    SampleShape sampleOf(SampleShape pixels);

    /**
     * Returns the shape that samples are decoded to.
     *
     * @param sample the size of a sample
     * @return the size of its pixels
     * @throws IllegalArgumentException if samples of that size cannot be decoded
     */
    SampleShape pixelsOf(SampleShape sample);

    /**
     * Chooses what the factors of large products and convolutions are rounded to. A codec without
     * weights has none.
     *
     * @param precision the precision, which the codec's device must have
     */
    default void setPrecision(Precision precision) {}

    /** Frees what the codec loaded. */
    @Override
    void close();
}
