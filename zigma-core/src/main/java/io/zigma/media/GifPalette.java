package io.zigma.media;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the colours of a clip, at most 256 for all its frames: those that it has, if they are no
 * more. Otherwise boxes of colours are divided where that lowers the squared error most (Wu 1991),
 * and the colours then moved to the means of what is nearest to them (Lloyd 1982).
 */
final class GifPalette {

    /** What a GIF file's table holds. */
    static final int MOST = 256;

    /** Colours are counted in cells of 4 levels a side; their means are exact. */
    private static final int BITS = 6;

    private static final int ROUNDS = 8;

    private final int[] colours;
    private final boolean exact;

    private GifPalette(int[] colours, boolean exact) {
        this.colours = colours;
        this.exact = exact;
    }

    /** Returns the colours as 0xRRGGBB. */
    int[] colours() {
        return colours.clone();
    }

    /** Returns whether every pixel has one of these colours. */
    boolean exact() {
        return exact;
    }

    /**
     * Chooses colours.
     *
     * @param frames pixels as 0xRRGGBB
     */
    static GifPalette of(List<int[]> frames) {
        int[] own = few(frames);
        if (own != null) {
            return new GifPalette(own, true);
        }
        List<Cell> cells = cells(frames);
        List<Box> boxes = new ArrayList<>(List.of(new Box(cells)));
        while (boxes.size() < MOST) {
            Box worst = boxes.stream().max(Comparator.comparingDouble(Box::error)).orElseThrow();
            if (worst.error() <= 0) {
                break;
            }
            boxes.remove(worst);
            boxes.addAll(worst.divided());
        }
        double[][] centres = boxes.stream().map(Box::mean).toArray(double[][]::new);
        for (int round = 0; round < ROUNDS; round++) {
            centres = moved(centres, cells);
        }
        int[] colours =
                Arrays.stream(centres).mapToInt(GifPalette::rgb).sorted().distinct().toArray();
        return new GifPalette(colours, false);
    }

    private static int @Nullable [] few(List<int[]> frames) {
        Set<Integer> own = new LinkedHashSet<>();
        for (int[] frame : frames) {
            int last = -1;
            for (int pixel : frame) {
                if (pixel != last && own.add(pixel) && own.size() > MOST) {
                    return null;
                }
                last = pixel;
            }
        }
        return own.stream().mapToInt(Integer::intValue).sorted().toArray();
    }

    /** Pixels of nearly one colour: how many, and the mean. */
    private record Cell(double weight, double[] mean) {}

    private static List<Cell> cells(List<int[]> frames) {
        int count = 1 << 3 * BITS;
        long[] weights = new long[count];
        long[][] sums = new long[3][count];
        for (int[] frame : frames) {
            for (int pixel : frame) {
                int red = pixel >> 16 & 0xff;
                int green = pixel >> 8 & 0xff;
                int blue = pixel & 0xff;
                int drop = 8 - BITS;
                int cell = (red >> drop << BITS | green >> drop) << BITS | blue >> drop;
                weights[cell]++;
                sums[0][cell] += red;
                sums[1][cell] += green;
                sums[2][cell] += blue;
            }
        }
        List<Cell> cells = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            double weight = weights[i];
            if (weight > 0) {
                cells.add(
                        new Cell(
                                weight,
                                new double[] {
                                    sums[0][i] / weight, sums[1][i] / weight, sums[2][i] / weight
                                }));
            }
        }
        return cells;
    }

    /** Some cells, with the squared error of giving all of them their mean. */
    private static final class Box {

        private final List<Cell> cells;
        private final double weight;
        private final double[] sum = new double[3];
        private final double[] errors = new double[3];

        Box(List<Cell> cells) {
            this.cells = cells;
            double total = 0;
            double[] squares = new double[3];
            for (Cell cell : cells) {
                total += cell.weight();
                for (int c = 0; c < 3; c++) {
                    sum[c] += cell.weight() * cell.mean()[c];
                    squares[c] += cell.weight() * cell.mean()[c] * cell.mean()[c];
                }
            }
            weight = total;
            for (int c = 0; c < 3; c++) {
                errors[c] = cells.size() < 2 ? 0 : squares[c] - sum[c] * sum[c] / total;
            }
        }

        double error() {
            return errors[0] + errors[1] + errors[2];
        }

        double[] mean() {
            return new double[] {sum[0] / weight, sum[1] / weight, sum[2] / weight};
        }

        /** Divides along the axis of the largest error, where the sum of both errors is least. */
        List<Box> divided() {
            int axis = 0;
            for (int c = 1; c < 3; c++) {
                axis = errors[c] > errors[axis] ? c : axis;
            }
            int along = axis;
            List<Cell> sorted = new ArrayList<>(cells);
            sorted.sort(Comparator.comparingDouble(cell -> cell.mean()[along]));
            double before = 0;
            double[] left = new double[3];
            double best = -1;
            int at = 1;
            for (int i = 1; i < sorted.size(); i++) {
                Cell cell = sorted.get(i - 1);
                before += cell.weight();
                double gain = 0;
                for (int c = 0; c < 3; c++) {
                    left[c] += cell.weight() * cell.mean()[c];
                    double right = sum[c] - left[c];
                    // what the squared error falls by, up to a constant
                    gain += left[c] * left[c] / before + right * right / (weight - before);
                }
                if (gain > best) {
                    best = gain;
                    at = i;
                }
            }
            return List.of(
                    new Box(List.copyOf(sorted.subList(0, at))),
                    new Box(List.copyOf(sorted.subList(at, sorted.size()))));
        }
    }

    private static double[][] moved(double[][] centres, List<Cell> cells) {
        double[][] sums = new double[centres.length][3];
        double[] weights = new double[centres.length];
        for (Cell cell : cells) {
            int nearest = 0;
            double least = Double.MAX_VALUE;
            for (int i = 0; i < centres.length; i++) {
                double distance = 0;
                for (int c = 0; c < 3; c++) {
                    double difference = centres[i][c] - cell.mean()[c];
                    distance += difference * difference;
                }
                if (distance < least) {
                    least = distance;
                    nearest = i;
                }
            }
            weights[nearest] += cell.weight();
            for (int c = 0; c < 3; c++) {
                sums[nearest][c] += cell.weight() * cell.mean()[c];
            }
        }
        double[][] moved = new double[centres.length][];
        for (int i = 0; i < moved.length; i++) {
            moved[i] = centres[i];
            if (weights[i] > 0) {
                moved[i] =
                        new double[] {
                            sums[i][0] / weights[i],
                            sums[i][1] / weights[i],
                            sums[i][2] / weights[i]
                        };
            }
        }
        return moved;
    }

    private static int rgb(double[] mean) {
        return (int) Math.round(mean[0]) << 16
                | (int) Math.round(mean[1]) << 8
                | (int) Math.round(mean[2]);
    }
}
