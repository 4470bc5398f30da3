package io.zigma.media;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;

/**
 * Pictures side by side in one picture, in a grid as square as their number allows: 16 make 4×4, 10
 * make 4×3 with two cells empty.
 *
 * <p>A grid of grey pictures is grey, any other is RGB. Every picture has a thin dark grey frame:
 * dark beside photographs, but visible between drawings on black. A single picture gets no frame.
 */
public final class ImageGrid {

    /** Dark grey: separates pictures on black as well as pictures on white. */
    private static final int BACKGROUND = 0x2e;

    private static final long MOST_PIXELS = 250_000_000;

    private ImageGrid() {}

    /**
     * Arranges pictures row by row from the top left.
     *
     * @param images one or more pictures of the same size
     * @return a new picture of ceil(√n) columns
     * @throws IllegalArgumentException if there is no picture or their sizes differ
     */
    public static BufferedImage of(List<BufferedImage> images) {
        if (images.isEmpty()) {
            throw new IllegalArgumentException("a grid needs at least one picture");
        }
        int width = images.get(0).getWidth();
        int height = images.get(0).getHeight();
        for (BufferedImage image : images) {
            if (image.getWidth() != width || image.getHeight() != height) {
                throw new IllegalArgumentException(
                        "pictures of a grid must have one size, not %s×%s and %s×%s"
                                .formatted(width, height, image.getWidth(), image.getHeight()));
            }
        }
        int columns = columns(images.size());
        int gap = images.size() == 1 ? 0 : Math.toIntExact(gap(width, height));
        Size size = new Size(width, height).grid(images.size());
        BufferedImage grid =
                new BufferedImage(
                        Math.toIntExact(size.width()),
                        Math.toIntExact(size.height()),
                        allGrey(images)
                                ? BufferedImage.TYPE_BYTE_GRAY
                                : BufferedImage.TYPE_INT_RGB);
        fillBackground(grid);
        for (int i = 0; i < images.size(); i++) {
            int left = gap + i % columns * (width + gap);
            int top = gap + i / columns * (height + gap);
            place(images.get(i), grid, left, top);
        }
        return grid;
    }

    /**
     * The size of a picture, made or planned.
     *
     * @param width in pixels
     * @param height in pixels
     */
    public record Size(long width, long height) {

        /**
         * Returns the size of a grid of such pictures.
         *
         * @param count how many, 1 or more
         * @return what {@link ImageGrid#of} makes of them
         */
        public Size grid(int count) {
            long columns = columns(count);
            long rows = (count + columns - 1) / columns;
            long gap = count == 1 ? 0 : gap(width, height);
            return new Size(columns * (width + gap) + gap, rows * (height + gap) + gap);
        }

        /**
         * Returns the size of such a picture, magnified.
         *
         * @param factor 1 or more
         * @return both sides times the factor
         */
        public Size times(int factor) {
            return new Size(width * factor, height * factor);
        }

        /**
         * Refuses a picture that is too large to display.
         *
         * @throws IllegalArgumentException if it has more than 250 million pixels
         */
        public void requireDrawable() {
            if (Math.multiplyHigh(width, height) != 0 || width * height > MOST_PIXELS) {
                throw new IllegalArgumentException(
                        "a picture of %s × %s pixels is too large to display"
                                .formatted(width, height));
            }
        }
    }

    /**
     * Returns how many columns a grid has.
     *
     * @param count number of pictures
     * @return ceil(√count)
     */
    static int columns(int count) {
        return (int) Math.ceil(Math.sqrt(count));
    }

    /** One pixel for every 16 of the shorter side, at least one. */
    static long gap(long width, long height) {
        return Math.max(1, Math.min(width, height) / 16);
    }

    private static boolean allGrey(List<BufferedImage> images) {
        return images.stream().allMatch(image -> image.getType() == BufferedImage.TYPE_BYTE_GRAY);
    }

    private static void fillBackground(BufferedImage grid) {
        int[] row = new int[grid.getWidth() * grid.getRaster().getNumBands()];
        Arrays.fill(row, BACKGROUND);
        for (int y = 0; y < grid.getHeight(); y++) {
            grid.getRaster().setPixels(0, y, grid.getWidth(), 1, row);
        }
    }

    private static void place(BufferedImage image, BufferedImage grid, int left, int top) {
        if (image.getType() == grid.getType()) {
            // Samples are copied: Java's drawing could apply a colour profile to grey.
            grid.getRaster().setRect(left, top, image.getRaster());
            return;
        }
        Graphics2D graphics = grid.createGraphics();
        graphics.drawImage(image, left, top, Color.BLACK, null);
        graphics.dispose();
    }
}
