package io.zigma.scan;

/**
 * Hilbert's curve on rectangles of any size, after Červený's generalisation ("gilbert"): a
 * rectangle is entered at one corner and left at the other end of its main side; a long one is cut
 * across into two, any other into three, of which the outer two stand upright.
 *
 * <p>The eight symmetries are numbered as in the official {@code hilbert_path}: rotations by 0, 90,
 * 180 and 270 degrees, each as it is and transposed.
 */
final class HilbertCurve {

    /** How many symmetries a rectangle's curve has. */
    static final int COUNT = 8;

    private final int width;
    private final int[] order;
    private int step;

    private HilbertCurve(int height, int width) {
        this.width = width;
        order = new int[height * width];
    }

    /**
     * Returns the path along one of the curves; consecutive tokens are always neighbours.
     *
     * @param height rows of the frame
     * @param width columns of the frame
     * @param symmetry 0 … 7
     */
    static ScanPath followed(int height, int width, int symmetry) {
        return ScanPath.of(ranks(height, width, symmetry, Fidelity.CORRECT).inverse());
    }

    /**
     * Returns the path of the official code: the step at which each token is visited, read as the
     * token to visit at each step.
     */
    static ScanPath published(int height, int width, int symmetry) {
        return ranks(height, width, symmetry, Fidelity.COMPATIBLE);
    }

    /** Returns, for each token, the step at which one of the curves visits it. */
    private static ScanPath ranks(int height, int width, int symmetry, Fidelity fidelity) {
        boolean swapsSides = symmetry == 1 || symmetry == 2 || symmetry == 5 || symmetry == 6;
        int rows = swapsSides ? width : height;
        int columns = swapsSides ? height : width;
        int[] base = trace(rows, columns, fidelity).inverse();
        int bottom = rows - 1;
        int right = columns - 1;
        int[] ranks = new int[base.length];
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                int from =
                        switch (symmetry) {
                            case 0 -> row * columns + column;
                            case 1 -> column * columns + row;
                            case 2 -> column * columns + (right - row);
                            case 3 -> row * columns + (right - column);
                            case 4 -> (bottom - row) * columns + (right - column);
                            case 5 -> (bottom - column) * columns + (right - row);
                            case 6 -> (bottom - column) * columns + row;
                            case 7 -> (bottom - row) * columns + column;
                            default ->
                                    throw new IllegalArgumentException(
                                            "a curve has symmetries 0 to 7, not " + symmetry);
                        };
                ranks[row * width + column] = base[from];
            }
        }
        return ScanPath.of(ranks);
    }

    private static ScanPath trace(int rows, int columns, Fidelity fidelity) {
        HilbertCurve curve = new HilbertCurve(rows, columns);
        Side down = new Side(rows, 0);
        Side across = new Side(0, columns);
        if (downIsMain(rows, columns, fidelity)) {
            curve.fill(0, 0, down, across);
        } else {
            curve.fill(0, 0, across, down);
        }
        return ScanPath.of(curve.order);
    }

    /**
     * The longer side is the main one. But an odd main side beside an even one would take a
     * diagonal step, because a path over an even number of cells ends on the other colour of the
     * chessboard than it began; so the even side is the main one here.
     */
    private static boolean downIsMain(int rows, int columns, Fidelity fidelity) {
        boolean downIsLonger = rows >= columns;
        int longer = Math.max(rows, columns);
        int shorter = Math.min(rows, columns);
        boolean diagonal = longer % 2 == 1 && shorter % 2 == 0;
        return diagonal && fidelity == Fidelity.CORRECT ? !downIsLonger : downIsLonger;
    }

    /**
     * Visits the rectangle that two sides span from a corner, up to the far end of the main side.
     */
    private void fill(int row, int column, Side main, Side across) {
        if (across.length() == 1) {
            straight(row, column, main);
        } else if (main.length() == 1) {
            straight(row, column, across);
        } else if (2 * main.length() > 3 * across.length()) {
            Side first = main.evenHalf();
            fill(row, column, first, across);
            fill(row + first.rows, column + first.columns, main.minus(first), across);
        } else {
            Side first = across.evenHalf();
            Side rest = across.minus(first);
            Side half = main.half();
            fill(row, column, first, half);
            fill(row + first.rows, column + first.columns, main, rest);
            // the last third runs back from the far end of the main side
            Side corner = main.minus(main.unit()).plus(first.minus(first.unit()));
            fill(
                    row + corner.rows,
                    column + corner.columns,
                    first.negated(),
                    main.minus(half).negated());
        }
    }

    private void straight(int row, int column, Side side) {
        Side unit = side.unit();
        for (int i = 0; i < side.length(); i++) {
            order[step++] = (row + i * unit.rows) * width + column + i * unit.columns;
        }
    }

    /**
     * A side of a rectangle, along rows or along columns.
     *
     * @param rows its extent downwards, negative if upwards
     * @param columns its extent to the right, negative if to the left
     */
    private record Side(int rows, int columns) {

        int length() {
            return Math.abs(rows + columns);
        }

        Side unit() {
            return new Side(Integer.signum(rows), Integer.signum(columns));
        }

        /** Rounds down, to the longer half where the side points up or left. */
        Side half() {
            return new Side(Math.floorDiv(rows, 2), Math.floorDiv(columns, 2));
        }

        /** A half of even length where there is one, so that a path over it ends on its own row. */
        Side evenHalf() {
            return half().length() % 2 == 1 && length() > 2 ? half().plus(unit()) : half();
        }

        Side plus(Side other) {
            return new Side(rows + other.rows, columns + other.columns);
        }

        Side minus(Side other) {
            return new Side(rows - other.rows, columns - other.columns);
        }

        Side negated() {
            return new Side(-rows, -columns);
        }
    }
}
