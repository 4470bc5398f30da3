package io.zigma.scan;

import java.util.List;

/**
 * The four paths of one layer that scans a map in several directions at once (VMamba 2024, figure
 * 2; official {@code cross_scan_fwd}). Results are put back along the same paths, on maps of any
 * height and width.
 */
public enum CrossScan {
    /** Rows, columns, and both backwards. */
    CROSS,
    /** Rows four times, with weights of their own: the paper's control. */
    UNIDIRECTIONAL,
    /** Rows twice and twice backwards. */
    BIDIRECTIONAL;

    /**
     * Returns the paths.
     *
     * @param grid a map of one frame
     * @return four paths over its H · W tokens
     */
    public List<ScanPath> paths(Grid grid) {
        ScanPath rows = ScanPath.straight(grid.tokens());
        ScanPath columns = columns(grid);
        return switch (this) {
            case CROSS -> List.of(rows, columns, rows.reversed(), columns.reversed());
            case UNIDIRECTIONAL -> List.of(rows, rows, rows, rows);
            case BIDIRECTIONAL -> List.of(rows, rows, rows.reversed(), rows.reversed());
        };
    }

    /**
     * Returns the path that visits a map column by column, each from top to bottom.
     *
     * @param grid a map of one frame
     * @return step column · H + row reads token row · W + column
     * @throws IllegalArgumentException if the grid has several frames
     */
    public static ScanPath columns(Grid grid) {
        if (grid.frames() != 1) {
            throw new IllegalArgumentException("columns are of one frame, not of " + grid.frames());
        }
        int[] order = new int[grid.tokens()];
        for (int step = 0; step < order.length; step++) {
            order[step] = grid.at(step % grid.height(), step / grid.height());
        }
        return ScanPath.of(order);
    }
}
