package io.zigma.text.minilm;

import ai.djl.Device;
import io.zigma.text.TextEncoder;
import io.zigma.text.TextEncoderProvider;
import io.zigma.text.TextEncoderReference;
import io.zigma.text.TextEncoders;

/** Makes {@code minilm-l6} known to {@link TextEncoders}. */
public final class MiniLmProvider implements TextEncoderProvider {

    /** Creates the provider, for the service loader. */
    public MiniLmProvider() {}

    @Override
    public TextEncoderReference reference() {
        return MiniLm.QUANTISED.reference();
    }

    @Override
    public TextEncoder open(Device device) {
        return TextEncoders.of(MiniLm.QUANTISED, device);
    }
}
