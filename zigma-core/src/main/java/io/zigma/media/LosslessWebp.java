package io.zigma.media;

import java.util.Arrays;

/**
 * Encodes pictures for lossless WebP (RFC 9649, section 3): by a table of their colours where there
 * are at most 256, by what a prediction leaves of them, and as they are; the shortest counts.
 */
final class LosslessWebp {

    /** Most pixels that a side can have. */
    static final int LARGEST_SIDE = 1 << 14;

    private static final int SIGNATURE = 0x2f;
    private static final int SIDE_BITS = 14;
    private static final int OPAQUE = 0xff000000;
    private static final int MOST_COLOURS = 256;

    private static final int PREDICTION = 0;
    private static final int LESS_GREEN = 2;
    private static final int COLOUR_TABLE = 3;

    private static final int LENGTHS = 24;
    private static final int DISTANCES = 40;

    /** Distances from here on are themselves; those before are of near places. */
    private static final int NEAR = 120;

    private final LowBits out = new LowBits();

    private LosslessWebp(int width, int height) {
        out.put(SIGNATURE, Byte.SIZE);
        out.put(width - 1, SIDE_BITS);
        out.put(height - 1, SIDE_BITS);
        out.put(0, 1); // opaque
        out.put(0, 3); // version
    }

    /**
     * Encodes a picture.
     *
     * @param rgb its pixels as 0xRRGGBB, row by row
     * @param width of it, at most {@value #LARGEST_SIDE}, as the height
     * @return the content of a chunk VP8L
     */
    static byte[] encode(int[] rgb, int width) {
        int[] argb = new int[rgb.length];
        for (int i = 0; i < rgb.length; i++) {
            argb[i] = rgb[i] | OPAQUE;
        }
        byte[] best = plain(argb, width);
        byte[] predicted = predicted(argb, width);
        if (predicted.length < best.length) {
            best = predicted;
        }
        int[] colours = Arrays.stream(argb).sorted().distinct().toArray();
        if (colours.length <= MOST_COLOURS) {
            byte[] indexed = indexed(argb, width, colours);
            if (indexed.length < best.length) {
                best = indexed;
            }
        }
        return best;
    }

    private static byte[] plain(int[] argb, int width) {
        LosslessWebp file = new LosslessWebp(width, argb.length / width);
        file.out.put(0, 1);
        file.image(argb, width, true);
        return file.out.toByteArray();
    }

    /** Green is taken off red and blue, and the prediction off what is left. */
    private static byte[] predicted(int[] argb, int width) {
        LosslessWebp file = new LosslessWebp(width, argb.length / width);
        int[] lessGreen = new int[argb.length];
        for (int i = 0; i < argb.length; i++) {
            int green = argb[i] >> 8 & 0xff;
            int red = (argb[i] >> 16) - green & 0xff;
            int blue = argb[i] - green & 0xff;
            lessGreen[i] = OPAQUE | red << 16 | green << 8 | blue;
        }
        PixelPrediction prediction = PixelPrediction.of(lessGreen, width);
        file.transform(LESS_GREEN);
        file.transform(PREDICTION);
        file.out.put(PixelPrediction.BLOCK_BITS - 2, 3);
        file.image(prediction.rules(), PixelPrediction.blocks(width), false);
        file.out.put(0, 1);
        file.image(prediction.residuals(), width, true);
        return file.out.toByteArray();
    }

    /** Several numbers of colours share a pixel where there are at most 16 colours. */
    private static byte[] indexed(int[] argb, int width, int[] colours) {
        int height = argb.length / width;
        LosslessWebp file = new LosslessWebp(width, height);
        file.transform(COLOUR_TABLE);
        file.out.put(colours.length - 1, Byte.SIZE);
        int[] differences = new int[colours.length];
        for (int i = 0; i < colours.length; i++) {
            int before = i == 0 ? 0 : colours[i - 1];
            for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
                differences[i] |= ((colours[i] >>> shift) - (before >>> shift) & 0xff) << shift;
            }
        }
        file.image(differences, colours.length, false);
        file.out.put(0, 1);
        int shared =
                colours.length <= 2 ? 3 : colours.length <= 4 ? 2 : colours.length <= 16 ? 1 : 0;
        int across = width + (1 << shared) - 1 >> shared;
        int[] numbers = new int[across * height];
        Arrays.fill(numbers, OPAQUE);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int number = Arrays.binarySearch(colours, argb[y * width + x]);
                int place = (x & (1 << shared) - 1) * (Byte.SIZE >> shared);
                numbers[y * across + (x >> shared)] |= number << 8 + place;
            }
        }
        file.image(numbers, across, true);
        return file.out.toByteArray();
    }

    private void transform(int kind) {
        out.put(1, 1);
        out.put(kind, 2);
    }

    /** Writes pixels by five codes: green and lengths, red, blue, alpha, distances. */
    private void image(int[] argb, int width, boolean main) {
        PixelRuns runs = PixelRuns.of(argb);
        int[][] counts = {
            new int[256 + LENGTHS], new int[256], new int[256], new int[256], new int[DISTANCES]
        };
        for (int i = 0; i < runs.count(); i++) {
            int value = runs.value(i);
            if (runs.length(i) > 0) {
                counts[0][256 + symbol(runs.length(i))]++;
                counts[4][symbol(distance(value, width))]++;
            } else {
                counts[0][value >> 8 & 0xff]++;
                counts[1][value >> 16 & 0xff]++;
                counts[2][value & 0xff]++;
                counts[3][value >>> 24]++;
            }
        }
        out.put(0, 1); // no cache of colours
        if (main) {
            out.put(0, 1); // the same codes everywhere
        }
        PrefixCode[] codes = new PrefixCode[counts.length];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = PrefixCode.of(counts[i]);
            codes[i].describe(out);
        }
        for (int i = 0; i < runs.count(); i++) {
            int value = runs.value(i);
            if (runs.length(i) > 0) {
                codes[0].put(out, 256 + symbol(runs.length(i)));
                rest(runs.length(i));
                codes[4].put(out, symbol(distance(value, width)));
                rest(distance(value, width));
            } else {
                codes[0].put(out, value >> 8 & 0xff);
                codes[1].put(out, value >> 16 & 0xff);
                codes[2].put(out, value & 0xff);
                codes[3].put(out, value >>> 24);
            }
        }
    }

    /** The places above, to the left, and above to the left and right have numbers of their own. */
    private static int distance(int back, int width) {
        if (back == width) {
            return 1;
        }
        if (back == 1) {
            return 2;
        }
        if (back == width + 1) {
            return 3;
        }
        return back == width - 1 ? 4 : back + NEAR;
    }

    /**
     * Returns the symbol of a length or distance from 1; its lower bits follow by {@link #rest}.
     */
    private static int symbol(int value) {
        int less = value - 1;
        if (less < 2) {
            return less;
        }
        int high = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(less);
        return 2 * high + (less >> high - 1 & 1);
    }

    private void rest(int value) {
        int symbol = symbol(value);
        if (symbol >= 4) {
            out.put(value - 1, (symbol >> 1) - 1);
        }
    }
}
