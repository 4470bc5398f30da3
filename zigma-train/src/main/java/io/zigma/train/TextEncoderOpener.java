package io.zigma.train;

import ai.djl.Device;
import io.zigma.text.TextEncoder;
import io.zigma.text.TextEncoderReference;
import java.io.IOException;

/** Where a run gets the text encoder from that its configuration names. */
@FunctionalInterface
public interface TextEncoderOpener {

    /**
     * Opens an encoder.
     *
     * @param reference which one
     * @param device where it is to compute
     * @return the encoder, which becomes the run's
     * @throws IOException if there is none of that content
     */
    TextEncoder open(TextEncoderReference reference, Device device) throws IOException;

    /**
     * Hands over an encoder that is open already.
     *
     * @param encoder which becomes the run's
     * @return a source of this one alone
     */
    static TextEncoderOpener of(TextEncoder encoder) {
        return (reference, device) -> {
            if (!encoder.reference().hash().equals(reference.hash())) {
                throw new IOException(
                        "the model goes with the text encoder %s (%s…), %s is another one (%s…)"
                                .formatted(
                                        reference.name(),
                                        reference.hash().substring(0, 12),
                                        encoder.reference().name(),
                                        encoder.reference().hash().substring(0, 12)));
            }
            return encoder;
        };
    }
}
