package io.zigma.codec;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.base.SampleShape;
import java.util.SplittableRandom;

/**
 * Fits a preview to a codec that comes without pictures: to rectangles and gradients of random
 * colours, which show how its latents stand for colours as well as photographs do.
 */
public final class PreviewPictures {

    private static final int PICTURES = 16;

    /** Latents along a side. */
    private static final int SIDE = 8;

    private static final int RECTANGLES = 6;

    private PreviewPictures() {}

    /**
     * Fits the preview of a codec.
     *
     * @param codec encodes the pictures
     * @param spec its shape
     * @param latentChannels c
     * @param manager on the codec's device; what is made here is freed
     * @return the projection
     * @throws IllegalStateException if the codec makes latents that are not finite
     */
    public static LatentPreview fit(
            SampleCodec codec, CodecSpec spec, int latentChannels, NDManager manager) {
        SampleShape sample = SampleShape.image(latentChannels, SIDE, SIDE);
        SampleShape picture = spec.pixelsOf(sample);
        LatentPreview.Fit fit = new LatentPreview.Fit(latentChannels, picture.channels());
        for (int i = 0; i < PICTURES; i++) {
            float[] pixels = picture(picture, new SplittableRandom(i));
            try (NDManager scope = manager.newSubManager()) {
                NDArray batch =
                        scope.create(
                                pixels,
                                new Shape(
                                        1, picture.channels(), picture.height(), picture.width()));
                float[] latent = codec.encode(batch).toFloatArray();
                for (float value : latent) {
                    if (!Float.isFinite(value)) {
                        throw new IllegalStateException(
                                "the codec makes latents that are not finite");
                    }
                }
                fit.add(latent, sample, pixels, picture);
            }
        }
        return fit.solve();
    }

    /** A gradient, and rectangles over it. */
    private static float[] picture(SampleShape shape, SplittableRandom random) {
        int height = shape.height();
        int width = shape.width();
        float[] pixels = new float[shape.size()];
        for (int c = 0; c < shape.channels(); c++) {
            double from = random.nextDouble(-1, 1);
            double down = random.nextDouble(-1, 1) - from;
            double across = random.nextDouble(-1, 1) - from;
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    double value = from + down * y / height + across * x / width;
                    pixels[(c * height + y) * width + x] = (float) Math.max(-1, Math.min(1, value));
                }
            }
        }
        for (int i = 0; i < RECTANGLES; i++) {
            int top = random.nextInt(height);
            int left = random.nextInt(width);
            int bottom = Math.min(height, top + 1 + random.nextInt(height / 2));
            int right = Math.min(width, left + 1 + random.nextInt(width / 2));
            for (int c = 0; c < shape.channels(); c++) {
                float level = (float) random.nextDouble(-1, 1);
                for (int y = top; y < bottom; y++) {
                    for (int x = left; x < right; x++) {
                        pixels[(c * height + y) * width + x] = level;
                    }
                }
            }
        }
        return pixels;
    }
}
