package io.zigma.pipeline;

import io.zigma.op.Precision;

/**
 * How a checkpoint is loaded to generate with: {@code
 * LoadOptions.DEFAULT.withCodec(CodecSource.at(folder))}.
 *
 * @param precision of large matrix products
 * @param textEncoder source of the text encoder, loaded when the first text is encoded
 * @param codec source of the codec, loaded when the first sample is decoded
 */
public record LoadOptions(Precision precision, TextEncoderSource textEncoder, CodecSource codec) {

    /** In float32, with the text encoder and the codec that the checkpoint names. */
    public static final LoadOptions DEFAULT =
            new LoadOptions(Precision.FLOAT32, TextEncoderSource.NAMED, CodecSource.NAMED);

    /**
     * Returns the same in another precision.
     *
     * @param changed of large matrix products
     * @return a changed copy
     */
    public LoadOptions withPrecision(Precision changed) {
        return new LoadOptions(changed, textEncoder, codec);
    }

    /**
     * Returns the same with a text encoder from elsewhere.
     *
     * @param changed source of the text encoder
     * @return a changed copy
     */
    public LoadOptions withTextEncoder(TextEncoderSource changed) {
        return new LoadOptions(precision, changed, codec);
    }

    /**
     * Returns the same with a codec from elsewhere.
     *
     * @param changed source of the codec
     * @return a changed copy
     */
    public LoadOptions withCodec(CodecSource changed) {
        return new LoadOptions(precision, textEncoder, changed);
    }
}
