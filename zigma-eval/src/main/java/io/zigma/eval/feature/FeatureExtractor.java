package io.zigma.eval.feature;

import ai.djl.ndarray.NDArray;
import io.zigma.eval.metric.FeatureMatrix;

/**
 * A frozen network that computes features of pictures. The same weights give the same features
 * whatever pictures come in the same batch, up to rounding.
 *
 * <p>One thread at a time may use it; gradients are never recorded.
 */
public interface FeatureExtractor extends AutoCloseable {

    /**
     * Returns what distances are named after, such as {@code fashion-classifier} or {@code
     * inception-v3}.
     *
     * @return a short name
     */
    String name();

    /**
     * Returns the fingerprint of the weights file: distances compare only where it is the same.
     *
     * @return SHA-256 as 64 lower-case hexadecimal digits
     */
    String sha256();

    /**
     * Returns how many features a picture has.
     *
     * @return at least 1
     */
    int dimension();

    /**
     * Computes features.
     *
     * @param images (B, C, H, W), or (B, F, C, H, W) for a network of clips, float32 from −1
     *     (black) to 1 (white), on any device; not closed
     * @return a row a picture in their order, (B, {@link #dimension()})
     * @throws IllegalArgumentException if it takes no pictures of this size or number of channels;
     *     the message names both
     */
    FeatureMatrix features(NDArray images);

    /** Frees the weights. */
    @Override
    void close();
}
