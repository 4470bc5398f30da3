package io.zigma.scan;

import java.util.ArrayList;
import java.util.List;

/** What tests say about walks. */
final class Walks {

    private Walks() {}

    /** Returns the steps that lead to no neighbour, in rows, columns and frames together. */
    static List<Integer> jumps(ScanPath path, Grid grid) {
        int[] order = path.order();
        int frame = grid.height() * grid.width();
        List<Integer> jumps = new ArrayList<>();
        for (int step = 1; step < order.length; step++) {
            int from = order[step - 1];
            int to = order[step];
            int frames = Math.abs(from / frame - to / frame);
            int rows = Math.abs(from % frame / grid.width() - to % frame / grid.width());
            int columns = Math.abs(from % grid.width() - to % grid.width());
            if (frames + rows + columns != 1) {
                jumps.add(step);
            }
        }
        return jumps;
    }
}
