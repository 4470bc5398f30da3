package io.zigma.backbone;

import io.zigma.base.SampleShape;
import io.zigma.nn.Patches;

/** The square patches that a transformer's image is cut into, each one token. */
public final class ImagePatches {

    private ImagePatches() {}

    /**
     * Checks that images can be cut.
     *
     * @param image (C, H, W)
     * @param size side p of a patch in pixels
     * @throws IllegalArgumentException if a side is out of range or no multiple of p; the message
     *     says what to change
     */
    public static void require(SampleShape image, int size) {
        ModelLimits.requireSize("image height", image.height(), ModelLimits.IMAGE_SIDE);
        ModelLimits.requireSize("image width", image.width(), ModelLimits.IMAGE_SIDE);
        ModelLimits.requireSize("number of channels", image.channels(), ModelLimits.CHANNELS);
        ModelLimits.requireSize("patch size", size, ModelLimits.PATCH);
        ModelLimits.require(
                image.height() % size == 0 && image.width() % size == 0,
                "image %d×%d is not a whole number of %d-pixel patches; change the image size or the patch size",
                image.height(),
                image.width(),
                size);
    }

    /**
     * Cuts.
     *
     * @param image (C, H, W)
     * @param size side p of a patch in pixels
     * @param channels of what is cut, which may be more than the image's
     * @return (H / p) · (W / p) patches
     */
    public static Patches of(SampleShape image, int size, int channels) {
        return new Patches(1, channels, image.height() / size, image.width() / size, size);
    }
}
