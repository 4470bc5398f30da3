package io.zigma.codec;

import io.zigma.base.Registry;

/** The registry of codecs: a new one is a file and one line here. */
public final class Codecs {

    /** By the names in {@code config.json}. */
    public static final Registry<CodecKind> REGISTRY =
            new Registry<CodecKind>("codec", CodecKind::name).register(new Pixels());

    private Codecs() {}

    /** Pixels as they are. */
    private record Pixels() implements CodecKind {

        @Override
        public String name() {
            return PixelCodec.NAME;
        }

        @Override
        public SampleCodec open() {
            return new PixelCodec();
        }
    }
}
