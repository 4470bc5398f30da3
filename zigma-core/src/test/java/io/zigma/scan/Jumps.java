package io.zigma.scan;

import java.util.ArrayList;
import java.util.List;

/** Finds steps of a scan path between tokens that are not neighbours. */
final class Jumps {

    private Jumps() {}

    /**
     * Returns the steps whose token is no neighbour of the last one, in rows, columns and frames
     * together.
     */
    static List<Integer> of(ScanPath path, Grid grid) {
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
