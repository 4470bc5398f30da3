package io.zigma.eval.feature;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/**
 * Pictures as networks for photographs take them: three channels, of one size.
 *
 * @param pixels B · 3 · H · W values
 * @param count B
 * @param height H
 * @param width W
 */
record Photographs(float[] pixels, int count, int height, int width) {

    /** Channels of a photograph. */
    static final int CHANNELS = 3;

    /**
     * Reads pictures; grey ones get three equal channels.
     *
     * @param network the network that takes them, for a refusal
     * @param images (B, 1, H, W) or (B, 3, H, W)
     * @throws IllegalArgumentException if they have another shape
     */
    static Photographs of(String network, NDArray images) {
        Shape shape = images.getShape();
        if (shape.dimension() != 4 || shape.get(1) != 1 && shape.get(1) != CHANNELS) {
            throw new IllegalArgumentException(
                    "%s takes pictures (B, 1 or 3, H, W), not %s".formatted(network, shape));
        }
        int count = Math.toIntExact(shape.get(0));
        int height = Math.toIntExact(shape.get(2));
        int width = Math.toIntExact(shape.get(3));
        float[] given = images.toFloatArray();
        if (shape.get(1) == CHANNELS) {
            return new Photographs(given, count, height, width);
        }
        int plane = height * width;
        float[] pixels = new float[CHANNELS * given.length];
        for (int i = 0; i < CHANNELS * count; i++) {
            System.arraycopy(given, i / CHANNELS * plane, pixels, i * plane, plane);
        }
        return new Photographs(pixels, count, height, width);
    }

    /**
     * Returns some of them, resized.
     *
     * @param from the first
     * @param to the one after the last
     * @param rows how the height changes
     * @param columns how the width changes
     * @return (to − from) · 3 · new height · new width values
     */
    float[] resized(int from, int to, ResampledSide rows, ResampledSide columns) {
        int each = CHANNELS * height * width;
        float[] some = Arrays.copyOfRange(pixels, from * each, to * each);
        return ResampledSide.resample(some, height, width, rows, columns);
    }
}
