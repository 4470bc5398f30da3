package io.zigma.media;

import java.awt.image.BufferedImage;

/** Turns a model's values into pictures (official {@code out2img}). */
public final class Pixels {

    private Pixels() {}

    /**
     * Makes a picture of one image's values.
     *
     * @param values C × H × W values, −1 black to 1 white; beyond is clipped, not a number is black
     * @param channels 1 for a grey picture, 3 for RGB; of any other number the first is shown in
     *     grey
     * @param height rows H
     * @param width columns W
     * @return a grey or RGB picture
     */
    public static BufferedImage picture(float[] values, int channels, int height, int width) {
        boolean colour = channels == 3;
        BufferedImage picture =
                new BufferedImage(
                        width,
                        height,
                        colour ? BufferedImage.TYPE_INT_RGB : BufferedImage.TYPE_BYTE_GRAY);
        int plane = height * width;
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                int at = row * width + column;
                if (colour) {
                    int rgb =
                            level(values[at]) << 16
                                    | level(values[plane + at]) << 8
                                    | level(values[2 * plane + at]);
                    picture.setRGB(column, row, rgb);
                } else {
                    // The raster, since setRGB would bend grey levels through a colour space.
                    picture.getRaster().setSample(column, row, 0, level(values[at]));
                }
            }
        }
        return picture;
    }

    /**
     * Returns the level of a value: 127.5·x + 128, clipped and truncated.
     *
     * @param value −1 black to 1 white
     * @return 0 … 255
     */
    static int level(float value) {
        return (int) Math.min(Math.max(127.5f * value + 128f, 0f), 255f);
    }
}
