package io.zigma.codec;

import ai.djl.ndarray.NDArray;
import io.zigma.base.SampleShape;
import java.util.Optional;

/** Samples are the pixels themselves. */
public record PixelCodec() implements SampleCodec {

    /** The name in {@code config.json}. */
    public static final String NAME = "pixels";

    @Override
    public NDArray encode(NDArray pixels) {
        return pixels;
    }

    @Override
    public NDArray decode(NDArray sample) {
        return sample;
    }

    @Override
    public SampleShape sampleOf(SampleShape pixels) {
        return requirePicture(pixels);
    }

    @Override
    public SampleShape pixelsOf(SampleShape sample) {
        return requirePicture(sample);
    }

    /**
     * Returns whether samples can be pixels.
     *
     * @param shape the size of a sample
     * @return true for one channel, grey, or three, RGB
     */
    public static boolean fits(SampleShape shape) {
        return shape.channels() == 1 || shape.channels() == 3;
    }

    /**
     * Returns the default codec for samples of a size.
     *
     * @param shape the size of a sample
     * @return this codec where samples can be pixels, or nothing
     */
    public static Optional<CodecReference> referenceFor(SampleShape shape) {
        return fits(shape) ? Optional.of(CodecReference.withoutWeights(NAME)) : Optional.empty();
    }

    private static SampleShape requirePicture(SampleShape shape) {
        if (!fits(shape)) {
            throw new IllegalArgumentException(
                    "pictures have 1 channel (grey) or 3 (RGB), not %s; samples of other channels are latents and need their codec"
                            .formatted(shape.channels()));
        }
        return shape;
    }

    @Override
    public void close() {}
}
