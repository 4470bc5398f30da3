package io.zigma.scan;

import java.util.List;
import java.util.function.IntBinaryOperator;
import java.util.stream.IntStream;

/**
 * The eight zigzag paths of ZigMa 2024, figure 4, on any height × width.
 *
 * <p>A zigzag starts in a corner and runs along rows or columns, turning back at each end, so that
 * consecutive tokens are always neighbours. Four corners times two directions make eight paths,
 * numbered as in the official {@code zigzag_path}: corners top left, top right, bottom left, bottom
 * right; for each first rows, then columns. In a video the frames are chained.
 */
final class ZigzagPaths {

    /** How many different zigzags a grid has. */
    static final int COUNT = 8;

    private ZigzagPaths() {}

    /**
     * Returns the first of the eight paths.
     *
     * @param count how many, 1 to 8
     * @param grid any grid
     */
    static List<ScanPath> first(int count, Grid grid) {
        return IntStream.range(0, count)
                .mapToObj(index -> Frames.chain(frame(grid, index), grid, index))
                .toList();
    }

    /** Returns the path of index 0 … 7 of a grid's first frame. */
    private static ScanPath frame(Grid grid, int index) {
        boolean fromRight = (index / 2 & 1) != 0;
        boolean fromBottom = (index / 2 & 2) != 0;
        boolean alongColumns = (index & 1) != 0;
        IntBinaryOperator token =
                (row, column) ->
                        grid.at(
                                fromBottom ? grid.height() - 1 - row : row,
                                fromRight ? grid.width() - 1 - column : column);
        return alongColumns
                ? snake(grid.width(), grid.height(), (lane, along) -> token.applyAsInt(along, lane))
                : snake(grid.height(), grid.width(), token);
    }

    private static ScanPath snake(int lanes, int length, IntBinaryOperator token) {
        int[] order = new int[lanes * length];
        int step = 0;
        for (int lane = 0; lane < lanes; lane++) {
            boolean backwards = lane % 2 == 1;
            for (int i = 0; i < length; i++) {
                order[step++] = token.applyAsInt(lane, backwards ? length - 1 - i : i);
            }
        }
        return ScanPath.of(order);
    }
}
