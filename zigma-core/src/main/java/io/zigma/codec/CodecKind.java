package io.zigma.codec;

/** A codec in the registry: its name in {@code config.json}, and how it is opened. */
public interface CodecKind {

    /**
     * Returns the name in {@code config.json}.
     *
     * @return in lower case
     */
    String name();

    /**
     * Opens a codec.
     *
     * @return a codec that the caller closes
     */
    SampleCodec open();
}
