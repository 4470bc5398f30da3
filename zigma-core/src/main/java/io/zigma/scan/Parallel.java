package io.zigma.scan;

import java.util.Collections;
import java.util.List;

/**
 * The first k zigzags side by side in every layer, each with weights of its own: the k-Mamba that
 * the paper compares with (official {@code parallelN}, which stops with an error).
 *
 * @param count how many zigzags k, 1 to 8
 */
public record Parallel(int count) implements ScanScheme {

    /**
     * Checks the count.
     *
     * @throws IllegalArgumentException if it is not 1 to 8
     */
    public Parallel {
        if (count < 1 || count > ZigzagPaths.COUNT) {
            throw new IllegalArgumentException(
                    "there are parallel-1 to parallel-8, not parallel-%s".formatted(count));
        }
    }

    @Override
    public List<LayerScan> plan(Grid grid, int layers) {
        return Collections.nCopies(
                layers, new LayerScan.SideBySide(ZigzagPaths.first(count, grid)));
    }

    @Override
    public String spelling() {
        return "parallel-" + count;
    }
}
