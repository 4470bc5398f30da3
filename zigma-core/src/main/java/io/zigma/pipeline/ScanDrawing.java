package io.zigma.pipeline;

import io.zigma.scan.Grid;
import io.zigma.scan.ScanPath;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.List;

/**
 * Pictures of scan paths over a grid of tokens: one numbered panel a path, in an arrangement as
 * square as their number allows.
 *
 * <p>A path runs from the ring to the filled dot and its colour changes from dark to light;
 * arrowheads show its direction on straight runs. Where consecutive tokens are no neighbours a thin
 * line marks the jump. The frames of a video are side by side.
 *
 * <p>Nothing depends on the fonts of the machine: the numbers are drawn as strokes.
 */
public final class ScanDrawing {

    /** Panels have about this many pixels a side, as far as the limits of the cells allow. */
    private static final double USUAL_SIDE = 300;

    private static final int SMALLEST_CELL = 7;
    private static final int LARGEST_CELL = 36;
    private static final int MARGIN = 22;
    private static final int TITLE = 26;

    private static final Color PAPER = Color.WHITE;
    private static final Color GRID = new Color(0xdfe3e8);
    private static final Color INK = new Color(0x5a6370);

    /** From dark to light, all of them readable on white and distinguishable in grey too. */
    private static final Color[] WAY = {
        new Color(0x2b1a6b), new Color(0x8b2a8f), new Color(0xd9505e), new Color(0xf6a83c)
    };

    private static final double LINE = 0.26; // widths as fractions of a cell
    private static final double JUMP = 0.07;
    private static final double END = 0.62;
    private static final double ARROW = 0.16;
    private static final double ARROW_LINE = 0.07;

    private ScanDrawing() {}

    /**
     * One scan path and its grid.
     *
     * @param grid the grid of tokens
     * @param path over all of them
     */
    public record Panel(Grid grid, ScanPath path) {

        /**
         * Checks that the two fit.
         *
         * @throws IllegalArgumentException if the path has another number of tokens
         */
        public Panel {
            if (path.length() != grid.tokens()) {
                throw new IllegalArgumentException(
                        "a path of %s tokens does not fit a grid of %s"
                                .formatted(path.length(), grid.tokens()));
            }
        }
    }

    /**
     * Draws scan paths.
     *
     * @param panels one or more, numbered from 1 in their order
     * @return an RGB picture
     * @throws IllegalArgumentException if there is no panel, or they would make a picture of more
     *     than 16,384 pixels a side
     */
    public static BufferedImage of(List<Panel> panels) {
        if (panels.isEmpty()) {
            throw new IllegalArgumentException("a drawing needs at least one path");
        }
        List<Layout> layouts = panels.stream().map(Layout::of).toList();
        int width = layouts.stream().mapToInt(Layout::width).max().orElseThrow();
        int height = layouts.stream().mapToInt(Layout::height).max().orElseThrow();
        int columns = columns(panels.size(), width, height);
        int rows = (panels.size() + columns - 1) / columns;
        int title = panels.size() > 1 ? TITLE : MARGIN / 2;
        long right = (long) columns * (width + MARGIN) + MARGIN;
        long bottom = (long) rows * (height + title + MARGIN) + MARGIN / 2;
        if (Math.max(right, bottom) > 1 << 14) {
            throw new IllegalArgumentException(
                    "a drawing of %s × %s pixels is too large to display; choose a smaller grid"
                            .formatted(right, bottom));
        }
        BufferedImage picture =
                new BufferedImage((int) right, (int) bottom, BufferedImage.TYPE_INT_RGB);
        Graphics2D pen = picture.createGraphics();
        pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        pen.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        pen.setColor(PAPER);
        pen.fillRect(0, 0, picture.getWidth(), picture.getHeight());
        for (int i = 0; i < panels.size(); i++) {
            Graphics2D here = (Graphics2D) pen.create();
            here.translate(
                    MARGIN + i % columns * (width + MARGIN),
                    MARGIN / 2 + i / columns * (height + title + MARGIN));
            if (panels.size() > 1) {
                StrokeDigits.draw(here, i + 1, 2, TITLE * 0.22, TITLE * 0.5, INK);
            }
            here.translate(0, title);
            draw(here, panels.get(i), layouts.get(i));
            here.dispose();
        }
        pen.dispose();
        return picture;
    }

    /** As square as possible, with rows of four where there are eight. */
    private static int columns(int panels, int width, int height) {
        double square = Math.sqrt((double) panels * height / width);
        int columns = (int) Math.max(1, Math.min(panels, Math.ceil(square)));
        while (columns < panels && panels % columns != 0 && columns < square + 2) {
            columns++;
        }
        return columns;
    }

    private static void draw(Graphics2D pen, Panel panel, Layout layout) {
        drawGrid(pen, panel.grid(), layout);
        int[] order = panel.path().order();
        for (int step = 1; step < order.length; step++) {
            if (!neighbours(panel.grid(), order[step - 1], order[step])) {
                pen.setColor(colour(step - 0.5, order.length, 150));
                pen.setStroke(stroke(layout, JUMP));
                pen.draw(layout.line(order[step - 1], order[step]));
            }
        }
        for (int step = 1; step < order.length; step++) {
            if (neighbours(panel.grid(), order[step - 1], order[step])) {
                pen.setColor(colour(step - 0.5, order.length, 255));
                pen.setStroke(stroke(layout, LINE));
                pen.draw(layout.line(order[step - 1], order[step]));
            }
        }
        drawLonely(pen, panel.grid(), order, layout);
        drawArrows(pen, panel.grid(), order, layout);
        drawEnd(pen, layout, order[order.length - 1], colour(order.length, order.length, 255));
        drawStart(pen, layout, order[0]);
    }

    private static void drawGrid(Graphics2D pen, Grid grid, Layout layout) {
        pen.setColor(GRID);
        pen.setStroke(new BasicStroke(1));
        for (int token = 0; token < grid.tokens(); token++) {
            pen.draw(
                    new Rectangle2D.Double(
                            layout.left(token), layout.top(token), layout.cell(), layout.cell()));
        }
    }

    /** A dot on each token that no line of neighbours passes. */
    private static void drawLonely(Graphics2D pen, Grid grid, int[] order, Layout layout) {
        for (int step = 0; step < order.length; step++) {
            boolean before = step > 0 && neighbours(grid, order[step - 1], order[step]);
            boolean after =
                    step + 1 < order.length && neighbours(grid, order[step], order[step + 1]);
            if (!before && !after) {
                pen.setColor(colour(step, order.length, 255));
                pen.fill(layout.disc(order[step], LINE * 1.3));
            }
        }
    }

    /** An arrowhead in the middle of each straight run of two steps or more. */
    private static void drawArrows(Graphics2D pen, Grid grid, int[] order, Layout layout) {
        int from = 0;
        while (from + 1 < order.length) {
            int to = from + 1;
            int stride = order[to] - order[from];
            boolean adjacent = neighbours(grid, order[from], order[to]);
            while (to + 1 < order.length
                    && order[to + 1] - order[to] == stride
                    && neighbours(grid, order[to], order[to + 1]) == adjacent) {
                to++;
            }
            if (adjacent && to - from > 1) {
                int middle = (from + to) / 2;
                drawArrow(pen, layout, order[middle], order[middle + 1]);
            }
            from = to;
        }
    }

    private static void drawArrow(Graphics2D pen, Layout layout, int from, int to) {
        double x = (layout.x(from) + layout.x(to)) / 2;
        double y = (layout.y(from) + layout.y(to)) / 2;
        double length = Math.hypot(layout.x(to) - layout.x(from), layout.y(to) - layout.y(from));
        double alongX = (layout.x(to) - layout.x(from)) / length;
        double alongY = (layout.y(to) - layout.y(from)) / length;
        // the head is as wide as the line, so that it stays on it
        double half = Math.max(1.2, layout.cell() * ARROW / 2);
        Path2D head = new Path2D.Double();
        head.moveTo(x - half * alongX - half * alongY, y - half * alongY + half * alongX);
        head.lineTo(x + half * alongX, y + half * alongY);
        head.lineTo(x - half * alongX + half * alongY, y - half * alongY - half * alongX);
        pen.setColor(PAPER);
        pen.setStroke(stroke(layout, ARROW_LINE));
        pen.draw(head);
    }

    private static void drawStart(Graphics2D pen, Layout layout, int token) {
        pen.setColor(PAPER);
        pen.fill(layout.disc(token, END));
        pen.setColor(WAY[0]);
        pen.setStroke(new BasicStroke((float) Math.max(1.5, layout.cell() * 0.13)));
        pen.draw(layout.disc(token, END * 0.85));
    }

    private static void drawEnd(Graphics2D pen, Layout layout, int token, Color colour) {
        pen.setColor(PAPER);
        pen.fill(layout.disc(token, END * 1.15));
        pen.setColor(colour);
        pen.fill(layout.disc(token, END));
    }

    private static BasicStroke stroke(Layout layout, double share) {
        return new BasicStroke(
                (float) Math.max(1, layout.cell() * share),
                BasicStroke.CAP_ROUND,
                BasicStroke.JOIN_ROUND);
    }

    private static Color colour(double step, int steps, int alpha) {
        double place = steps < 2 ? 0 : Math.min(1, step / (steps - 1)) * (WAY.length - 1);
        int from = (int) Math.min(place, WAY.length - 2);
        double share = place - from;
        Color a = WAY[from];
        Color b = WAY[from + 1];
        return new Color(
                blend(a.getRed(), b.getRed(), share),
                blend(a.getGreen(), b.getGreen(), share),
                blend(a.getBlue(), b.getBlue(), share),
                alpha);
    }

    private static int blend(int a, int b, double share) {
        return (int) Math.round(a + share * (b - a));
    }

    /** Whether two tokens are side by side or one above the other in the same frame. */
    private static boolean neighbours(Grid grid, int one, int other) {
        int frame = grid.height() * grid.width();
        int rows = Math.abs(one % frame / grid.width() - other % frame / grid.width());
        int columns = Math.abs(one % grid.width() - other % grid.width());
        return one / frame == other / frame && rows + columns == 1;
    }

    /**
     * Where the tokens of a panel are drawn, in pixels.
     *
     * @param grid the grid
     * @param cell side of a token's square
     * @param gap between frames
     */
    private record Layout(Grid grid, int cell, int gap) {

        static Layout of(Panel panel) {
            Grid grid = panel.grid();
            int longest = Math.max(grid.height(), grid.width());
            double typical = grid.frames() == 1 ? USUAL_SIDE : USUAL_SIDE / 2;
            int cell = (int) Math.max(SMALLEST_CELL, Math.min(LARGEST_CELL, typical / longest));
            return new Layout(grid, cell, grid.frames() == 1 ? 0 : Math.max(8, cell));
        }

        int width() {
            return grid.frames() * (grid.width() * cell + gap) - gap + 1;
        }

        int height() {
            return grid.height() * cell + 1;
        }

        double left(int token) {
            int frame = token / (grid.height() * grid.width());
            return frame * (grid.width() * cell + gap) + token % grid.width() * cell;
        }

        double top(int token) {
            return token % (grid.height() * grid.width()) / grid.width() * cell;
        }

        double x(int token) {
            return left(token) + cell / 2.0;
        }

        double y(int token) {
            return top(token) + cell / 2.0;
        }

        Line2D line(int from, int to) {
            return new Line2D.Double(x(from), y(from), x(to), y(to));
        }

        Ellipse2D disc(int token, double share) {
            double size = Math.max(4, share * cell);
            return new Ellipse2D.Double(x(token) - size / 2, y(token) - size / 2, size, size);
        }
    }
}
