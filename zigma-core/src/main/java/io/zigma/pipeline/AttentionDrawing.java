package io.zigma.pipeline;

import io.zigma.media.ImageGrid;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Pictures of where a model attended to each word of a prompt: a row for each generated picture,
 * first the picture itself, then the picture in grey under the heat map of each word. A heat map
 * runs from the word's least to its greatest weight; the percentage beside the word is the fraction
 * of all attention that it got (DAAM, Tang et al. 2022, figure 1).
 *
 * <p>Nothing depends on the fonts of the machine.
 */
public final class AttentionDrawing {

    /** A picture is magnified to at least so many pixels a side. */
    private static final int CELL = 128;

    private static final int GAP = 10;
    private static final int WORD_SCALE = 2;
    private static final int CAPTION = 2 * PixelLetters.HEIGHT + PixelLetters.HEIGHT + 10;
    private static final int MOST_COLUMNS = 9;
    private static final int LARGEST_SIDE = 1 << 15;

    private static final Color PAPER = Color.WHITE;
    private static final Color INK = new Color(0x2b2f36);
    private static final Color PALE_INK = new Color(0x7a828e);

    /** From dark to light, distinct in grey too. */
    private static final int[] HEAT = {0x120b3c, 0x4a1773, 0x8b2a8f, 0xd9505e, 0xf6a83c, 0xfdf3b4};

    private static final double LEAST_HEAT =
            0.30; // weight of the heat map's colour where attention is least
    private static final double MOST_HEAT = 0.80;
    private static final double RED = 0.299; // Rec. 601
    private static final double GREEN = 0.587;

    private AttentionDrawing() {}

    /**
     * A generated picture with its attention map.
     *
     * @param frames of a video, of a picture the one
     * @param map of the same picture
     * @param label under it, such as its seed
     */
    public record Row(List<BufferedImage> frames, AttentionMap map, String label) {

        /**
         * Checks that they fit together.
         *
         * @throws IllegalArgumentException if there are other frames than the map has
         */
        public Row {
            frames = List.copyOf(frames);
            if (frames.size() != map.frames()) {
                throw new IllegalArgumentException(
                        "a map of %s frames is not one of %s"
                                .formatted(map.frames(), frames.size()));
            }
        }
    }

    /**
     * Makes a picture of rows below each other.
     *
     * @param rows one or more, of pictures of one size
     * @return an RGB picture
     * @throws IllegalArgumentException if there is no row, or they would make a picture of more
     *     than 32,768 pixels a side
     */
    public static BufferedImage of(List<Row> rows) {
        if (rows.isEmpty()) {
            throw new IllegalArgumentException("a drawing of attention needs at least one picture");
        }
        List<Strip> strips = rows.stream().map(AttentionDrawing::strip).toList();
        int width = strips.stream().mapToInt(Strip::width).max().orElseThrow() + 2 * GAP;
        long height = GAP + strips.stream().mapToLong(strip -> strip.height() + GAP).sum();
        if (Math.max(width, height) > LARGEST_SIDE) {
            throw new IllegalArgumentException(
                    "attention maps of %s pictures are too large to be of use; ask for fewer pictures"
                            .formatted(rows.size()));
        }
        BufferedImage drawing = new BufferedImage(width, (int) height, BufferedImage.TYPE_INT_RGB);
        Graphics2D pen = drawing.createGraphics();
        pen.setColor(PAPER);
        pen.fillRect(0, 0, drawing.getWidth(), drawing.getHeight());
        int top = GAP;
        for (Strip strip : strips) {
            strip.draw(pen, GAP, top);
            top += strip.height() + GAP;
        }
        pen.dispose();
        return drawing;
    }

    /**
     * One picture under a word.
     *
     * @param picture magnified, with its heat map
     * @param title the word
     * @param note beside it
     */
    private record Cell(BufferedImage picture, String title, String note) {}

    /**
     * The cells of one generated picture.
     *
     * @param cells the picture itself first
     * @param side width of a cell
     * @param high height of its picture
     */
    private record Strip(List<Cell> cells, int side, int high) {

        int columns() {
            return Math.min(cells.size(), MOST_COLUMNS);
        }

        /** The picture is in a column of its own, words continue below each other's. */
        int lines() {
            int words = cells.size() - 1;
            return Math.max(1, (words + MOST_COLUMNS - 2) / (MOST_COLUMNS - 1));
        }

        int width() {
            return columns() * (side + GAP) - GAP;
        }

        int height() {
            return lines() * (high + CAPTION);
        }

        void draw(Graphics2D pen, int left, int top) {
            for (int i = 0; i < cells.size(); i++) {
                int line = i == 0 ? 0 : (i - 1) / (MOST_COLUMNS - 1);
                int column = i == 0 ? 0 : 1 + (i - 1) % (MOST_COLUMNS - 1);
                draw(
                        pen,
                        cells.get(i),
                        left + column * (side + GAP),
                        top + line * (high + CAPTION));
            }
        }

        private void draw(Graphics2D pen, Cell cell, int left, int top) {
            pen.drawImage(cell.picture, left, top, null);
            int scale = PixelLetters.width(cell.title) * WORD_SCALE <= side ? WORD_SCALE : 1;
            String title = PixelLetters.fitting(cell.title, side / scale);
            int below = top + high + 4;
            PixelLetters.draw(
                    pen,
                    title,
                    left,
                    below + (WORD_SCALE - scale) * PixelLetters.ASCENT,
                    scale,
                    INK);
            PixelLetters.draw(
                    pen,
                    cell.note,
                    left,
                    below + WORD_SCALE * PixelLetters.HEIGHT + 2,
                    1,
                    PALE_INK);
        }
    }

    private static Strip strip(Row row) {
        BufferedImage first = row.frames().get(0);
        int side = Math.min(first.getWidth(), first.getHeight());
        Magnification magnification =
                new Magnification(Math.min(Magnification.LARGEST, (CELL + side - 1) / side));
        List<BufferedImage> frames = row.frames().stream().map(magnification::apply).toList();
        List<Cell> cells = new ArrayList<>();
        BufferedImage picture = ImageGrid.of(frames);
        cells.add(new Cell(picture, row.label(), ""));
        for (AttentionMap.Word word : row.map().words()) {
            cells.add(
                    new Cell(
                            heated(frames, row.map(), word),
                            word.text(),
                            String.format(Locale.ROOT, "%.1f%%", 100 * word.fraction())));
        }
        return new Strip(cells, picture.getWidth(), picture.getHeight());
    }

    private static BufferedImage heated(
            List<BufferedImage> frames, AttentionMap map, AttentionMap.Word word) {
        float least = Float.POSITIVE_INFINITY;
        float most = Float.NEGATIVE_INFINITY;
        for (float weight : word.weights()) {
            least = Math.min(least, weight);
            most = Math.max(most, weight);
        }
        float lowest = least;
        float range = most - least;
        int size = map.rows() * map.columns();
        return ImageGrid.of(
                IntStream.range(0, frames.size())
                        .mapToObj(
                                i -> {
                                    float[] heat = word.frame(i, size);
                                    for (int j = 0; j < size; j++) {
                                        heat[j] = range > 0 ? (heat[j] - lowest) / range : 0;
                                    }
                                    return heated(frames.get(i), heat, map.rows(), map.columns());
                                })
                        .toList());
    }

    private static BufferedImage heated(
            BufferedImage picture, float[] heat, int rows, int columns) {
        int width = picture.getWidth();
        int height = picture.getHeight();
        BufferedImage result = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double h = between(heat, rows, columns, (y + 0.5) / height, (x + 0.5) / width);
                result.setRGB(x, y, mixed(picture.getRGB(x, y), h));
            }
        }
        return result;
    }

    /** Interpolates bilinearly between the centres of tokens. */
    private static double between(float[] heat, int rows, int columns, double down, double right) {
        double y = Math.min(Math.max(down * rows - 0.5, 0), rows - 1.0);
        double x = Math.min(Math.max(right * columns - 0.5, 0), columns - 1.0);
        int top = (int) y;
        int left = (int) x;
        int bottom = Math.min(top + 1, rows - 1);
        int next = Math.min(left + 1, columns - 1);
        double below = y - top;
        double beside = x - left;
        double above =
                heat[top * columns + left] * (1 - beside) + heat[top * columns + next] * beside;
        double under =
                heat[bottom * columns + left] * (1 - beside)
                        + heat[bottom * columns + next] * beside;
        return above * (1 - below) + under * below;
    }

    private static int mixed(int rgb, double heat) {
        double grey =
                RED * (rgb >> 16 & 255)
                        + GREEN * (rgb >> 8 & 255)
                        + (1 - RED - GREEN) * (rgb & 255);
        double place = heat * (HEAT.length - 1);
        int lower = Math.min((int) place, HEAT.length - 2);
        double weight = LEAST_HEAT + (MOST_HEAT - LEAST_HEAT) * heat;
        int result = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            int from = HEAT[lower] >> shift & 255;
            int to = HEAT[lower + 1] >> shift & 255;
            double colour = from + (to - from) * (place - lower);
            result |= (int) Math.round(grey * (1 - weight) + colour * weight) << shift;
        }
        return result;
    }
}
