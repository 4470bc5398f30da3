package io.zigma.media;

/** Predicts blocks from what is above them and to their left (RFC 6386, section 12). */
final class Vp8Prediction {

    /** Modes of large blocks: a mean, from above, from the left, and by the differences of both. */
    static final int MEAN = 0;

    static final int DOWN = 1;
    static final int ACROSS = 2;
    static final int SLOPES = 3;

    /** A large block of small ones, each with a mode of its own. */
    static final int SMALL = 4;

    private static final int SIDE = 4;

    /** Where no block is to look at. */
    private static final int MIDDLE = 128;

    private Vp8Prediction() {}

    /**
     * Predicts a block of 16 × 16 or 8 × 8.
     *
     * @param plane where
     * @param x of its left edge
     * @param y of its upper edge
     * @param side of it
     * @param mode of large blocks
     */
    static void large(Vp8Plane plane, int x, int y, int side, int mode) {
        int corner = plane.at(x - 1, y - 1);
        int mean = mode == MEAN ? mean(plane, x, y, side) : 0;
        for (int row = 0; row < side; row++) {
            int left = plane.get(plane.at(x - 1, y + row));
            for (int column = 0; column < side; column++) {
                int above = plane.get(corner + 1 + column);
                plane.set(
                        plane.at(x + column, y + row),
                        switch (mode) {
                            case MEAN -> mean;
                            case DOWN -> above;
                            case ACROSS -> left;
                            default -> left + above - plane.get(corner);
                        });
            }
        }
    }

    /** The mean of what is there of the row above and the column to the left. */
    private static int mean(Vp8Plane plane, int x, int y, int side) {
        int sum = 0;
        int count = 0;
        for (int i = 0; i < side; i++) {
            if (y > 0) {
                sum += plane.get(plane.at(x + i, y - 1));
                count++;
            }
            if (x > 0) {
                sum += plane.get(plane.at(x - 1, y + i));
                count++;
            }
        }
        return count == 0 ? MIDDLE : (sum + count / 2) / count;
    }

    /**
     * Predicts a block of 4 × 4.
     *
     * @param plane where
     * @param x of its left edge
     * @param y of its upper edge
     * @param mode of small blocks, in the order of the specification
     * @param beyond the four pixels to the right of those above it
     */
    static void small(Vp8Plane plane, int x, int y, int mode, int[] beyond) {
        // from the lower left pixel over the corner to the upper right one: 4 + 1 + 8
        int[] edge = new int[13];
        for (int i = 0; i < SIDE; i++) {
            edge[3 - i] = plane.get(plane.at(x - 1, y + i));
            edge[5 + i] = plane.get(plane.at(x + i, y - 1));
            edge[9 + i] = beyond[i];
        }
        edge[4] = plane.get(plane.at(x - 1, y - 1));
        for (int row = 0; row < SIDE; row++) {
            for (int column = 0; column < SIDE; column++) {
                plane.set(plane.at(x + column, y + row), pixel(edge, mode, column, row));
            }
        }
    }

    private static int pixel(int[] e, int mode, int x, int y) {
        return switch (mode) {
            case 0 -> {
                int sum = 0;
                for (int i = 0; i < SIDE; i++) {
                    sum += e[i] + e[5 + i];
                }
                yield sum + 4 >> 3;
            }
            case 1 -> e[3 - y] + e[5 + x] - e[4];
            case 2 -> three(e, 5 + x);
            // the lowest pixel counts twice
            case 3 -> y < 3 ? three(e, 3 - y) : e[1] + 3 * e[0] + 2 >> 2;
            case 4 -> x + y < 6 ? three(e, 6 + x + y) : e[11] + 3 * e[12] + 2 >> 2;
            case 5 -> three(e, 4 + x - y);
            case 6 -> steepRight(e, x, y);
            case 7 -> steepLeft(e, x, y);
            case 8 -> flatDown(e, x, y);
            default -> flatUp(e, x, y);
        };
    }

    /** Mode VR: every second row is a mean of two. */
    private static int steepRight(int[] e, int x, int y) {
        int way = 2 * x - y;
        if (way < -1) {
            return three(e, 4 + way + 1); // the left column
        }
        return way == -1
                ? three(e, 4)
                : (y & 1) == 0 ? two(e, 4 + way / 2) : three(e, 4 + way / 2 + 1);
    }

    /** Mode VL; two pixels in the lower right corner are out of line. */
    private static int steepLeft(int[] e, int x, int y) {
        if (x == 3 && y > 1) {
            return three(e, y == 2 ? 10 : 11);
        }
        int place = 5 + x + y / 2;
        return (y & 1) == 0 ? two(e, place) : three(e, place + 1);
    }

    /** Mode HD. */
    private static int flatDown(int[] e, int x, int y) {
        int way = 2 * y - x;
        if (way < -1) {
            return three(e, 4 - way - 1); // the row above
        }
        if (way == -1) {
            return three(e, 4);
        }
        return (x & 1) == 0 ? two(e, 3 - way / 2) : three(e, 3 - way / 2);
    }

    /** Mode HU, which ends in the lowest pixel. */
    private static int flatUp(int[] e, int x, int y) {
        int way = x + 2 * y;
        if (way > 5) {
            return e[0];
        }
        if (way == 5) {
            return e[1] + 3 * e[0] + 2 >> 2;
        }
        int place = 3 - way / 2;
        return (way & 1) == 0 ? two(e, place - 1) : three(e, place - 1);
    }

    private static int two(int[] edge, int at) {
        return edge[at] + edge[at + 1] + 1 >> 1;
    }

    private static int three(int[] edge, int at) {
        return edge[at - 1] + 2 * edge[at] + edge[at + 1] + 2 >> 2;
    }
}
