package io.zigma.mixer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.zigma.scan.Grid;

/**
 * A map cut into equal regions, and its channels into heads: what belongs together is one sequence
 * of points.
 *
 * @param grid the map, of one frame
 * @param heads how many parts the channels have, head-major
 * @param rows regions from top to bottom
 * @param columns regions from left to right
 */
record Regions(Grid grid, int heads, int rows, int columns) {

    /** Returns the map of one region. */
    Grid region() {
        return Grid.image(grid.height() / rows, grid.width() / columns);
    }

    /** Returns how many sequences of points an image has. */
    int count() {
        return heads * rows * columns;
    }

    /** Cuts tokens (B, L, heads · d) into (B · heads · rows · columns, P, d). */
    NDArray cut(NDArray x) {
        Shape tokens = x.getShape();
        Grid region = region();
        long size = tokens.get(2) / heads;
        return x.reshape(tokens.get(0), rows, region.height(), columns, region.width(), heads, size)
                .transpose(0, 5, 1, 3, 2, 4, 6)
                .reshape(tokens.get(0) * count(), region.tokens(), size);
    }

    /**
     * Puts the points of all regions back into a map.
     *
     * @param points (B · heads · rows · columns, P, d), of which each sequence is a small map
     * @param each that map, the region's own or one of its centres
     * @return tokens (B, rows · columns · P, heads · d)
     */
    NDArray join(NDArray points, Grid each) {
        long batch = points.getShape().get(0) / count();
        long size = points.getShape().get(2);
        return points.reshape(batch, heads, rows, columns, each.height(), each.width(), size)
                .transpose(0, 2, 4, 3, 5, 1, 6)
                .reshape(batch, (long) rows * columns * each.tokens(), heads * size);
    }
}
