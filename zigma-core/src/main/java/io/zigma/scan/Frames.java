package io.zigma.scan;

/** Extends a scan path of one frame to a whole video. */
final class Frames {

    private Frames() {}

    /**
     * Visits frame after frame, every second frame backwards: a frame begins at the position where
     * the last one ended, so that consecutive tokens are neighbours across frames as well.
     *
     * @param frame the path of one frame
     * @param grid the video
     * @param index the index of the path in its scheme: odd ones begin with the last frame, so that
     *     layers see both directions of time
     * @return a path over all tokens, {@code frame} itself for an image
     */
    static ScanPath chain(ScanPath frame, Grid grid, int index) {
        if (grid.frames() == 1) {
            return frame;
        }
        int[] there = frame.order();
        int[] back = frame.reversed().order();
        int[] order = new int[grid.tokens()];
        for (int turn = 0; turn < grid.frames(); turn++) {
            int at = index % 2 == 0 ? turn : grid.frames() - 1 - turn;
            int[] within = turn % 2 == 0 ? there : back;
            for (int step = 0; step < within.length; step++) {
                order[turn * within.length + step] = at * within.length + within[step];
            }
        }
        return ScanPath.of(order);
    }
}
