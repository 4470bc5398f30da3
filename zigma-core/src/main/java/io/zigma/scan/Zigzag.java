package io.zigma.scan;

import java.util.List;

/**
 * Layers that cycle through the first k of the eight zigzags, all eight being the published model
 * (ZigMa 2024, figure 4; official {@code zigzagN1} … {@code zigzagN8}).
 *
 * <p>Consecutive tokens are always neighbours, and in a video too: where a frame's zigzag ends, the
 * next frame's begins, and it is the reverse of the last one's.
 *
 * @param count how many zigzags k, 1 to 8
 */
public record Zigzag(int count) implements ScanScheme {

    /**
     * Checks the count.
     *
     * @throws IllegalArgumentException if it is not 1 to 8
     */
    public Zigzag {
        if (count < 1 || count > ZigzagPaths.COUNT) {
            throw new IllegalArgumentException(
                    "there are zigzag-1 to zigzag-8, not zigzag-%s".formatted(count));
        }
    }

    @Override
    public List<LayerScan> plan(Grid grid, int layers) {
        return CyclicPlan.of(ZigzagPaths.first(count, grid), layers);
    }

    @Override
    public String spelling() {
        return "zigzag-" + count;
    }
}
