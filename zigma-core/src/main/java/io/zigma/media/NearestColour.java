package io.zigma.media;

import java.util.Arrays;

/**
 * Finds the nearest of some colours. For every cube of colours it first collects, once, those that
 * can be the nearest to any colour in it, so that few are compared; the result is exact.
 */
final class NearestColour {

    private static final int SIDE = 8;
    private static final int CUBES = 256 / SIDE;

    private final int[] colours;
    private final int[][] candidates = new int[CUBES * CUBES * CUBES][];

    /**
     * Prepares the search.
     *
     * @param colours as 0xRRGGBB
     */
    NearestColour(int[] colours) {
        this.colours = colours.clone();
    }

    /** Returns the index of the colour nearest to one with components from 0 to 255. */
    int of(int red, int green, int blue) {
        int cube = (red / SIDE * CUBES + green / SIDE) * CUBES + blue / SIDE;
        int[] some = candidates[cube];
        if (some == null) {
            some = near(red / SIDE * SIDE, green / SIDE * SIDE, blue / SIDE * SIDE);
            candidates[cube] = some;
        }
        int nearest = some[0];
        int least = Integer.MAX_VALUE;
        for (int index : some) {
            int colour = colours[index];
            int r = (colour >> 16 & 0xff) - red;
            int g = (colour >> 8 & 0xff) - green;
            int b = (colour & 0xff) - blue;
            int distance = r * r + g * g + b * b;
            if (distance < least) {
                least = distance;
                nearest = index;
            }
        }
        return nearest;
    }

    private int[] near(int red, int green, int blue) {
        int[] closest = new int[colours.length];
        int bound = Integer.MAX_VALUE;
        for (int i = 0; i < colours.length; i++) {
            int[] range = new int[2];
            add(range, colours[i] >> 16 & 0xff, red);
            add(range, colours[i] >> 8 & 0xff, green);
            add(range, colours[i] & 0xff, blue);
            closest[i] = range[0];
            bound = Math.min(bound, range[1]);
        }
        int[] some = new int[colours.length];
        int count = 0;
        for (int i = 0; i < colours.length; i++) {
            if (closest[i] <= bound) {
                some[count++] = i;
            }
        }
        return Arrays.copyOf(some, count);
    }

    /** Adds an axis's least and largest squared distance between a colour and a cube. */
    private static void add(int[] range, int colour, int from) {
        int below = from - colour;
        int above = colour - (from + SIDE - 1);
        int least = Math.max(0, Math.max(below, above));
        int largest = Math.max(Math.abs(below), Math.abs(above));
        range[0] += least * least;
        range[1] += largest * largest;
    }
}
