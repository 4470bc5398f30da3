package io.zigma.scan;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The paths a model's layers take turns with: layer i walks path i mod k (ZigMa 2024, section 3.2).
 */
public enum ScanScheme {
    /**
     * Row by row from the top left in every layer, jumping back at each row's end; the paper's
     * baseline.
     */
    SWEEP {
        @Override
        public List<ScanPath> paths(Grid grid) {
            return List.of(ScanPath.straight(grid.tokens()));
        }
    },
    /** The first zigzag in every layer (official {@code zigzagN1}). */
    ZIGZAG_1 {
        @Override
        public List<ScanPath> paths(Grid grid) {
            return zigzags(grid, 1);
        }
    },
    /** Rows and columns from the top left in turns (official {@code zigzagN2}). */
    ZIGZAG_2 {
        @Override
        public List<ScanPath> paths(Grid grid) {
            return zigzags(grid, 2);
        }
    },
    /** All eight zigzags in turns, the published model (official {@code zigzagN8}). */
    ZIGZAG_8 {
        @Override
        public List<ScanPath> paths(Grid grid) {
            return zigzags(grid, Zigzag.COUNT);
        }
    };

    /**
     * Returns the k paths of this scheme on a grid.
     *
     * @param grid a grid of one frame, any height and width
     * @return k ≥ 1 paths over all tokens of the grid
     * @throws IllegalArgumentException if the grid has several frames
     */
    public abstract List<ScanPath> paths(Grid grid);

    /**
     * Returns the path of every layer.
     *
     * @param grid a grid of one frame
     * @param layers how many layers the model has
     * @return {@code layers} paths, where layer i has path i mod k
     */
    public List<ScanPath> plan(Grid grid, int layers) {
        List<ScanPath> turns = paths(grid);
        return IntStream.range(0, layers)
                .mapToObj(layer -> turns.get(layer % turns.size()))
                .toList();
    }

    private static List<ScanPath> zigzags(Grid grid, int count) {
        if (grid.frames() != 1) {
            throw new IllegalArgumentException(
                    "a zigzag walks one frame, this grid has %d".formatted(grid.frames()));
        }
        return IntStream.range(0, count).mapToObj(number -> Zigzag.path(grid, number)).toList();
    }
}
