package io.zigma.media;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;

/**
 * A decoded VP8 frame, and its colours as libwebp makes them: colour differences, of which there
 * are half as many in both directions, are interpolated with weights 9, 3, 3 and 1.
 */
final class Vp8Picture {

    private final Vp8Plane[] planes;
    private final int width;
    private final int height;

    /**
     * Takes the planes of a frame.
     *
     * @param planes brightness and two colour differences, in whole blocks
     * @param width pixels that are shown
     * @param height the same down
     */
    Vp8Picture(Vp8Plane[] planes, int width, int height) {
        this.planes = planes.clone();
        this.width = width;
        this.height = height;
    }

    /** Returns brightness and both differences one after the other, as other programs have them. */
    byte[] planes() {
        int columns = (width + 1) / 2;
        int rows = (height + 1) / 2;
        byte[] all = new byte[width * height + 2 * columns * rows];
        int at = 0;
        for (Vp8Plane plane : planes) {
            int across = plane == planes[0] ? width : columns;
            int down = plane == planes[0] ? height : rows;
            for (int y = 0; y < down; y++) {
                System.arraycopy(plane.levels, plane.at(0, y), all, at, across);
                at += across;
            }
        }
        return all;
    }

    /** Returns the colours. */
    BufferedImage image() {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        int[] rgb = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                rgb[y * width + x] =
                        rgb(
                                planes[0].get(planes[0].at(x, y)),
                                difference(planes[1], x, y),
                                difference(planes[2], x, y));
            }
        }
        return image;
    }

    /**
     * Interpolates between the nearest difference and the three around the pixel. libwebp rounds
     * twice, so that the order of the sums matters; at the edges it takes two of them, 3 to 1.
     */
    private int difference(Vp8Plane plane, int x, int y) {
        int columns = (width + 1) / 2;
        int rows = (height + 1) / 2;
        int column = x / 2;
        int row = y / 2;
        int otherRow = Math.max(0, Math.min(rows - 1, y % 2 == 0 ? row - 1 : row + 1));
        int otherColumn = x % 2 == 0 ? column - 1 : column + 1;
        int near = plane.get(plane.at(column, row));
        int down = plane.get(plane.at(column, otherRow));
        if (otherColumn < 0 || otherColumn >= columns) {
            return 3 * near + down + 2 >> 2;
        }
        int across = plane.get(plane.at(otherColumn, row));
        int corner = plane.get(plane.at(otherColumn, otherRow));
        int diagonal = near + down + across + corner + 8 + 2 * (down + across) >> 3;
        return diagonal + near >> 1;
    }

    /** ITU-R BT.601 in fixed point. */
    private static int rgb(int y, int u, int v) {
        int light = part(y, 19077);
        int red = level(light + part(v, 26149) - 14234);
        int green = level(light - part(u, 6419) - part(v, 13320) + 8708);
        int blue = level(light + part(u, 33050) - 17685);
        return red << 16 | green << 8 | blue;
    }

    private static int part(int level, int weight) {
        return level * weight >> 8;
    }

    private static int level(int value) {
        return Math.max(0, Math.min(255, value >> 6));
    }
}
