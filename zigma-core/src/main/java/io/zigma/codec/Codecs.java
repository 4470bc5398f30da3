package io.zigma.codec;

import io.zigma.base.Registry;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import java.util.Optional;

/** The registry of codecs: a new one is a file and one line here. */
public final class Codecs {

    /** By the names in {@code config.json}. */
    public static final Registry<CodecKind> REGISTRY =
            new Registry<CodecKind>("codec", CodecKind::name)
                    .register(new Pixels())
                    .register(new AutoencoderKl())
                    .register(new DeepAutoencoders());

    private Codecs() {}

    /** Pixels as they are. */
    private record Pixels() implements CodecKind {

        @Override
        public String name() {
            return PixelCodec.NAME;
        }

        @Override
        public Optional<SampleCodec> withoutWeights() {
            return Optional.of(new PixelCodec());
        }
    }

    /** Latents of an autoencoder. */
    private record AutoencoderKl() implements CodecKind {

        @Override
        public String name() {
            return AutoencoderConfig.KIND;
        }

        @Override
        public CodecSpec read(Fields json) throws CheckpointException {
            return AutoencoderConfig.read(json);
        }
    }

    /** Latents of an autoencoder that was trained here. */
    private record DeepAutoencoders() implements CodecKind {

        @Override
        public String name() {
            return DeepAutoencoderConfig.KIND;
        }

        @Override
        public CodecSpec read(Fields json) throws CheckpointException {
            return DeepAutoencoderConfig.read(json);
        }
    }
}
