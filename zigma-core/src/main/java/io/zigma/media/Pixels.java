package io.zigma.media;

import java.awt.image.BufferedImage;

/**
 * Converts between a picture's levels, 0 black to 255 white, and a model's values, −1 to 1; no
 * other class does.
 */
public final class Pixels {

    private static final float LEVELS_PER_UNIT = 127.5f;

    private Pixels() {}

    /**
     * Returns the model's value of a level.
     *
     * @param level a byte, read as 0 … 255
     * @return −1 for 0 to 1 for 255
     */
    public static float value(byte level) {
        return (level & 0xff) / LEVELS_PER_UNIT - 1;
    }

    /**
     * Copies one channel, converting levels to values.
     *
     * @param levels where the channel is stored
     * @param from index of its first byte
     * @param height rows
     * @param width bytes a row
     * @param flipped true to mirror every row
     * @param target the array of values
     * @param offset index of the channel's first float in it
     */
    public static void copy(
            byte[] levels,
            int from,
            int height,
            int width,
            boolean flipped,
            float[] target,
            int offset) {
        for (int y = 0; y < height; y++) {
            int source = from + y * width;
            int place = offset + y * width;
            for (int x = 0; x < width; x++) {
                target[place + x] = value(levels[source + (flipped ? width - 1 - x : x)]);
            }
        }
    }

    /**
     * Returns the level nearest to a value, the inverse of {@link #value}.
     *
     * @param value −1 to 1; values beyond are clipped
     * @return 0 … 255 as a byte
     */
    public static byte nearestLevel(float value) {
        int level = Math.round((value + 1) * LEVELS_PER_UNIT);
        return (byte) Math.max(0, Math.min(255, level));
    }

    /**
     * Makes a picture of one image's values.
     *
     * @param values C × H × W values, −1 black to 1 white; values beyond are clipped, NaN is black
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
                    // The raster, since setRGB would convert grey levels by a colour space.
                    picture.getRaster().setSample(column, row, 0, level(values[at]));
                }
            }
        }
        return picture;
    }

    /**
     * Returns the level that a sample is shown with: 127.5·x + 128, clipped and truncated (official
     * {@code out2img}).
     *
     * @param value −1 black to 1 white
     * @return 0 … 255
     */
    static int level(float value) {
        return (int) Math.min(Math.max(LEVELS_PER_UNIT * value + 128f, 0f), 255f);
    }
}
