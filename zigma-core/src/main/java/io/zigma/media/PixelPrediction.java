package io.zigma.media;

/**
 * Predicts pixels from those to the left and above (RFC 9649, section 3.5.1), in each block of 16 ×
 * 16 by the rule that leaves the smallest differences.
 */
final class PixelPrediction {

    /** Sides of the blocks are 2 to this power. */
    static final int BLOCK_BITS = 4;

    private static final int RULES = 14;
    private static final int BLACK = 0xff000000;

    private final int[] argb;
    private final int width;
    private final int[] rules;
    private final int[] residuals;

    private PixelPrediction(int[] argb, int width) {
        this.argb = argb;
        this.width = width;
        rules = new int[blocks(width) * blocks(argb.length / width)];
        residuals = new int[argb.length];
    }

    /**
     * Predicts a picture.
     *
     * @param argb its pixels, row by row
     * @param width of it
     */
    static PixelPrediction of(int[] argb, int width) {
        PixelPrediction prediction = new PixelPrediction(argb, width);
        int across = blocks(width);
        for (int block = 0; block < prediction.rules.length; block++) {
            prediction.choose(block, block % across, block / across);
        }
        return prediction;
    }

    /** Returns how many blocks a side has. */
    static int blocks(int side) {
        return side + (1 << BLOCK_BITS) - 1 >> BLOCK_BITS;
    }

    /** Returns the rule of each block as the picture that the format has for them. */
    int[] rules() {
        int[] picture = new int[rules.length];
        for (int i = 0; i < rules.length; i++) {
            picture[i] = BLACK | rules[i] << 8;
        }
        return picture;
    }

    /** Returns what remains of the pixels, each part modulo 256. */
    int[] residuals() {
        return residuals;
    }

    private void choose(int block, int column, int row) {
        int left = column << BLOCK_BITS;
        int top = row << BLOCK_BITS;
        int right = Math.min(width, left + (1 << BLOCK_BITS));
        int bottom = Math.min(argb.length / width, top + (1 << BLOCK_BITS));
        long least = Long.MAX_VALUE;
        for (int rule = 0; rule < RULES; rule++) {
            long cost = 0;
            for (int y = top; y < bottom && cost < least; y++) {
                for (int x = left; x < right; x++) {
                    int at = y * width + x;
                    cost += size(minus(argb[at], predicted(at, x, y, rule)));
                }
            }
            if (cost < least) {
                least = cost;
                rules[block] = rule;
            }
        }
        for (int y = top; y < bottom; y++) {
            for (int x = left; x < right; x++) {
                int at = y * width + x;
                residuals[at] = minus(argb[at], predicted(at, x, y, rules[block]));
            }
        }
    }

    /** The first row and column have rules of their own. */
    private int predicted(int at, int x, int y, int rule) {
        if (y == 0) {
            return x == 0 ? BLACK : argb[at - 1];
        }
        int t = argb[at - width];
        if (x == 0) {
            return t;
        }
        int l = argb[at - 1];
        int tl = argb[at - width - 1];
        // beyond the right edge this is the first pixel of the same row
        int tr = argb[at - width + 1];
        return switch (rule) {
            case 0 -> BLACK;
            case 1 -> l;
            case 2 -> t;
            case 3 -> tr;
            case 4 -> tl;
            case 5 -> mean(mean(l, tr), t);
            case 6 -> mean(l, tl);
            case 7 -> mean(l, t);
            case 8 -> mean(tl, t);
            case 9 -> mean(t, tr);
            case 10 -> mean(mean(l, tl), mean(t, tr));
            case 11 -> distance(t, tl) < distance(l, tl) ? l : t;
            case 12 -> full(l, t, tl);
            default -> half(mean(l, t), tl);
        };
    }

    /** Half of the sum of each part, rounded down. */
    private static int mean(int a, int b) {
        return (((a ^ b) & 0xfefefefe) >>> 1) + (a & b);
    }

    private static int distance(int a, int b) {
        int sum = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            sum += Math.abs((a >>> shift & 0xff) - (b >>> shift & 0xff));
        }
        return sum;
    }

    private static int full(int a, int b, int c) {
        int pixel = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            int value = (a >>> shift & 0xff) + (b >>> shift & 0xff) - (c >>> shift & 0xff);
            pixel |= Math.max(0, Math.min(255, value)) << shift;
        }
        return pixel;
    }

    private static int half(int a, int b) {
        int pixel = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            int part = a >>> shift & 0xff;
            int value = part + (part - (b >>> shift & 0xff)) / 2;
            pixel |= Math.max(0, Math.min(255, value)) << shift;
        }
        return pixel;
    }

    private static int minus(int a, int b) {
        int pixel = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            pixel |= ((a >>> shift) - (b >>> shift) & 0xff) << shift;
        }
        return pixel;
    }

    /** How far the parts are from 0, the shorter way round. */
    private static int size(int residual) {
        int sum = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            sum += Math.abs((byte) (residual >>> shift));
        }
        return sum;
    }
}
