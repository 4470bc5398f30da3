package io.zigma.media;

/** Smooths the edges between blocks (RFC 6386, section 15). */
final class Vp8Filter {

    private final int limit;
    private final int inside;
    private final int steep;

    /**
     * Chooses how strongly.
     *
     * @param level from 1 to 63
     * @param sharpness from 0 to 7
     */
    Vp8Filter(int level, int sharpness) {
        int inner = level;
        if (sharpness > 0) {
            inner = Math.min(inner >> (sharpness > 4 ? 2 : 1), 9 - sharpness);
        }
        inside = Math.max(1, inner);
        limit = 2 * level + inside;
        steep = level >= 40 ? 2 : level >= 15 ? 1 : 0;
    }

    /**
     * Smooths the edges of a large block in the one way that there is for simple streams.
     *
     * @param plane brightness
     * @param x of the block
     * @param y of the block
     * @param small whether the edges inside it are smoothed, too
     */
    void simple(Vp8Plane plane, int x, int y, boolean small) {
        for (int direction = 0; direction < 2; direction++) {
            int across = direction == 0 ? 1 : plane.stride;
            int along = direction == 0 ? plane.stride : 1;
            for (int edge = 0; edge < 16; edge += 4) {
                if (edge == 0 ? (direction == 0 ? x : y) > 0 : small) {
                    int start = plane.at(x, y) + edge * across;
                    for (int i = 0; i < 16; i++) {
                        simple(plane, start + i * along, across, edge == 0 ? limit + 4 : limit);
                    }
                }
            }
        }
    }

    private static void simple(Vp8Plane plane, int at, int step, int limit) {
        if (isNear(plane, at, step, limit)) {
            two(plane, at, step);
        }
    }

    /**
     * Smooths the edges of a block of one plane: left, those inside that go down, above, those
     * inside that go across.
     *
     * @param plane where
     * @param x of the block
     * @param y of the block
     * @param side of the block, 16 or 8
     * @param small whether the edges inside it are smoothed, too
     */
    void normal(Vp8Plane plane, int x, int y, int side, boolean small) {
        for (int direction = 0; direction < 2; direction++) {
            int across = direction == 0 ? 1 : plane.stride;
            int along = direction == 0 ? plane.stride : 1;
            for (int edge = 0; edge < side; edge += 4) {
                if (edge == 0 ? (direction == 0 ? x : y) > 0 : small) {
                    int start = plane.at(x, y) + edge * across;
                    for (int i = 0; i < side; i++) {
                        normal(plane, start + i * along, across, edge == 0);
                    }
                }
            }
        }
    }

    private void normal(Vp8Plane plane, int at, int step, boolean large) {
        if (!isNear(plane, at, step, large ? limit + 4 : limit) || !isSmooth(plane, at, step)) {
            return;
        }
        int p1 = plane.get(at - 2 * step);
        int p0 = plane.get(at - step);
        int q0 = plane.get(at);
        int q1 = plane.get(at + step);
        if (Math.abs(p1 - p0) > steep || Math.abs(q1 - q0) > steep) {
            two(plane, at, step);
        } else if (large) {
            six(plane, at, step);
        } else {
            int a = 3 * (q0 - p0);
            int down = part(a + 4);
            int up = part(a + 3);
            int outer = down + 1 >> 1;
            plane.set(at - 2 * step, p1 + outer);
            plane.set(at - step, p0 + up);
            plane.set(at, q0 - down);
            plane.set(at + step, q1 - outer);
        }
    }

    /** Changes the two pixels at the edge. */
    private static void two(Vp8Plane plane, int at, int step) {
        int p0 = plane.get(at - step);
        int q0 = plane.get(at);
        int a = 3 * (q0 - p0) + signed(plane.get(at - 2 * step) - plane.get(at + step));
        plane.set(at - step, p0 + part(a + 3));
        plane.set(at, q0 - part(a + 4));
    }

    /** Changes the six pixels at the edge. */
    private static void six(Vp8Plane plane, int at, int step) {
        int p0 = plane.get(at - step);
        int q0 = plane.get(at);
        int outer = signed(plane.get(at - 2 * step) - plane.get(at + step));
        int a = signed(3 * (q0 - p0) + outer);
        for (int i = 0; i < 3; i++) {
            int change = (27 - 9 * i) * a + 63 >> 7;
            int before = at - (i + 1) * step;
            int behind = at + i * step;
            plane.set(before, plane.get(before) + change);
            plane.set(behind, plane.get(behind) - change);
        }
    }

    private static boolean isNear(Vp8Plane plane, int at, int step, int limit) {
        int edge = Math.abs(plane.get(at - step) - plane.get(at));
        int around = Math.abs(plane.get(at - 2 * step) - plane.get(at + step));
        return 4 * edge + around <= 2 * limit + 1;
    }

    private boolean isSmooth(Vp8Plane plane, int at, int step) {
        for (int i = -4; i < 3; i++) {
            int difference = plane.get(at + i * step) - plane.get(at + (i + 1) * step);
            if (i != -1 && Math.abs(difference) > inside) {
                return false;
            }
        }
        return true;
    }

    private static int signed(int value) {
        return Math.max(-128, Math.min(127, value));
    }

    private static int part(int value) {
        return Math.max(-16, Math.min(15, value >> 3));
    }
}
