package io.zigma.text;

import ai.djl.Device;

/**
 * A text encoder that comes with an artifact. Artifacts name theirs in {@code
 * META-INF/services/io.zigma.text.TextEncoderProvider}.
 */
public interface TextEncoderProvider {

    /**
     * Returns which encoder this is, without loading it.
     *
     * @return name and content hash
     */
    TextEncoderReference reference();

    /**
     * Opens the encoder, which need not load anything before it is used.
     *
     * @param device where its network runs
     * @return an encoder that the caller closes
     */
    TextEncoder open(Device device);
}
