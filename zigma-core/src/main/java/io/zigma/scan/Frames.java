package io.zigma.scan;

/** Makes a walk of one frame a walk of a whole video. */
final class Frames {

    private Frames() {}

    /**
     * Walks frame after frame, every second frame backwards: a frame is entered at the place where
     * the last one was left, so that neighbours stay neighbours through time as well.
     *
     * @param frame the walk of one frame
     * @param grid the video
     * @param number the number of the walk among others: odd ones begin with the last frame, so
     *     that layers see time from both its ends
     * @return a walk of all tokens, {@code frame} itself for an image
     */
    static ScanPath chain(ScanPath frame, Grid grid, int number) {
        if (grid.frames() == 1) {
            return frame;
        }
        int[] there = frame.order();
        int[] back = frame.reversed().order();
        int[] order = new int[grid.tokens()];
        for (int turn = 0; turn < grid.frames(); turn++) {
            int at = number % 2 == 0 ? turn : grid.frames() - 1 - turn;
            int[] within = turn % 2 == 0 ? there : back;
            for (int step = 0; step < within.length; step++) {
                order[turn * within.length + step] = at * within.length + within[step];
            }
        }
        return ScanPath.of(order);
    }
}
