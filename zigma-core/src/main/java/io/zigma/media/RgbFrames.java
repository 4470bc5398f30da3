package io.zigma.media;

import java.awt.image.BufferedImage;

/** The colours of frames as numbers. */
final class RgbFrames {

    private RgbFrames() {}

    /** Returns the pixels as 0xRRGGBB, row by row; a grey level is that level of each colour. */
    static int[] pixels(BufferedImage frame) {
        int width = frame.getWidth();
        int height = frame.getHeight();
        if (frame.getType() != BufferedImage.TYPE_BYTE_GRAY) {
            int[] pixels = frame.getRGB(0, 0, width, height, null, 0, width);
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] &= 0xffffff;
            }
            return pixels;
        }
        // the raster, since getRGB would convert grey levels by a colour space
        int[] pixels = frame.getRaster().getSamples(0, 0, width, height, 0, (int[]) null);
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] *= 0x010101;
        }
        return pixels;
    }

    /** Returns a frame as RGB. */
    static BufferedImage rgb(BufferedImage frame) {
        int width = frame.getWidth();
        BufferedImage rgb = new BufferedImage(width, frame.getHeight(), BufferedImage.TYPE_INT_RGB);
        rgb.setRGB(0, 0, width, frame.getHeight(), pixels(frame), 0, width);
        return rgb;
    }
}
