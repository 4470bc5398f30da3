package io.zigma.media;

import java.util.Arrays;

/**
 * Decodes the one kind of VP8 frame that lossy WebP has, a key frame (RFC 6386): brightness and
 * colour differences are those of any other decoder, to the bit.
 */
final class Vp8Decoder {

    private static final int HEADER_BYTES = 10;
    private static final int SIDE = 16;
    private static final int SEGMENTS = 4;
    private static final int LARGEST = 0x3fff;

    private static final int[] SEGMENT_TREE = {2, 4, 0, -1, -2, -3};
    private static final int[] LARGE_TREE = {-Vp8Prediction.SMALL, 2, 4, 6, 0, -1, -2, -3};
    private static final int[] LARGE_CHOICES = {145, 156, 163, 128};
    private static final int[] COLOUR_TREE = {0, 2, -1, 4, -2, -3};
    private static final int[] COLOUR_CHOICES = {142, 114, 183};
    private static final int[] SMALL_TREE = {
        0, 2, -1, 4, -2, 6, 8, 12, -3, 10, -5, -6, -4, 14, -7, 16, -8, -9
    };

    /** The modes of small blocks that large ones stand for where others look at them. */
    private static final int[] SMALL_OF_LARGE = {0, 2, 3, 1};

    /** Kinds of blocks: brightness without means, the means, colours, brightness. */
    private static final int WITHOUT_MEANS = 0;

    private static final int MEANS = 1;
    private static final int COLOURS = 2;
    private static final int WITH_MEANS = 3;

    private static final int LARGEST_COLOUR_STEP = 132;
    private static final int LEAST_STEP = 8;

    private final byte[] file;
    private final int end;
    private final int width;
    private final int height;
    private final int columns;
    private final int rows;
    private final Vp8Bits bits;
    private final Vp8Plane[] planes;

    // of segments
    private boolean segmented;
    private boolean mapped;
    private boolean absolute;
    private final int[] segmentQuality = new int[SEGMENTS];
    private final int[] segmentFilter = new int[SEGMENTS];
    private final int[] segmentChoices = {255, 255, 255};

    // of the filter
    private boolean simple;
    private int filterLevel;
    private int sharpness;
    private int filterChange;
    private int filterChangeOfSmall;

    private final int[][] steps = new int[SEGMENTS][];
    private int[][][][] tokens = {};
    private Vp8Bits[] partitions = {};
    private boolean skips;
    private int skipChoice;

    // of large blocks, for the filter
    private final byte[] filters;
    private final boolean[] inner;

    // what neighbours see
    private final int[] aboveModes;
    private final int[] leftModes = new int[4];
    private final boolean[] aboveFilled; // 4 + 2 + 2 and the means, of each column
    private final boolean[] leftFilled = new boolean[9];

    private Vp8Decoder(byte[] file, int from, int end) throws MediaException {
        this.file = file;
        this.end = end;
        if (end - from < HEADER_BYTES || (file[from] & 1) != 0) {
            throw new MediaException("damaged (its frame)");
        }
        int first = little(from, 3) >> 5;
        width = little(from + 6, 2) & LARGEST;
        height = little(from + 8, 2) & LARGEST;
        int data = from + HEADER_BYTES;
        if (little(from + 3, 3) != 0x2a019d || width == 0 || height == 0 || first > end - data) {
            throw new MediaException("damaged (its frame)");
        }
        PlatformReader.requireDecodable(width, height, PlatformReader.MAX_WHOLE_PIXELS);
        columns = (width + SIDE - 1) / SIDE;
        rows = (height + SIDE - 1) / SIDE;
        bits = new Vp8Bits(file, data, data + first);
        planes =
                new Vp8Plane[] {
                    new Vp8Plane(SIDE * columns, SIDE * rows),
                    new Vp8Plane(SIDE / 2 * columns, SIDE / 2 * rows),
                    new Vp8Plane(SIDE / 2 * columns, SIDE / 2 * rows)
                };
        filters = new byte[columns * rows];
        inner = new boolean[columns * rows];
        aboveModes = new int[4 * columns];
        aboveFilled = new boolean[9 * columns];
        readHeader(data + first);
    }

    /**
     * Decodes a frame.
     *
     * @param file that has it
     * @param from where the content of its chunk begins
     * @param end where that ends
     * @return brightness and colour differences
     * @throws MediaException if it is damaged
     */
    static Vp8Picture decode(byte[] file, int from, int end) throws MediaException {
        Vp8Decoder decoder = new Vp8Decoder(file, from, end);
        decoder.blocks();
        decoder.smooth();
        return new Vp8Picture(decoder.planes, decoder.width, decoder.height);
    }

    private int little(int at, int bytes) {
        int value = 0;
        for (int i = bytes - 1; i >= 0; i--) {
            value = value << Byte.SIZE | file[at + i] & 0xff;
        }
        return value;
    }

    private void readHeader(int second) throws MediaException {
        bits.number(2); // colour space, and whether levels need to be clamped: they are
        readSegments();
        simple = bits.flag();
        filterLevel = bits.number(6);
        sharpness = bits.number(3);
        boolean adjusted = bits.flag();
        if (adjusted && bits.flag()) {
            int[] changes = new int[8];
            for (int i = 0; i < changes.length; i++) {
                changes[i] = bits.optional(6);
            }
            filterChange = changes[0];
            filterChangeOfSmall = changes[4];
        }
        readPartitions(second, 1 << bits.number(2));
        readSteps();
        bits.flag(); // probabilities of the next frame
        tokens = Vp8Tables.tokens(bits);
        skips = bits.flag();
        skipChoice = skips ? bits.number(Byte.SIZE) : 0;
    }

    private void readSegments() {
        segmented = bits.flag();
        if (!segmented) {
            return;
        }
        mapped = bits.flag();
        if (bits.flag()) {
            absolute = bits.flag();
            for (int i = 0; i < SEGMENTS; i++) {
                segmentQuality[i] = bits.optional(7);
            }
            for (int i = 0; i < SEGMENTS; i++) {
                segmentFilter[i] = bits.optional(6);
            }
        }
        for (int i = 0; i < segmentChoices.length && mapped; i++) {
            segmentChoices[i] = bits.flag() ? bits.number(Byte.SIZE) : 255;
        }
    }

    /** Coefficients are in one to eight partitions, whose sizes but the last come first. */
    private void readPartitions(int second, int count) throws MediaException {
        partitions = new Vp8Bits[count];
        int at = second + 3 * (count - 1);
        for (int i = 0; i < count; i++) {
            int size = i + 1 == count || at > end ? end - at : little(second + 3 * i, 3);
            if (size < 0 || size > end - at) {
                throw new MediaException("damaged (it is cut off)");
            }
            partitions[i] = new Vp8Bits(file, at, at + size);
            at += size;
        }
    }

    private void readSteps() {
        int quality = bits.number(7);
        int[] changes = new int[5];
        for (int i = 0; i < changes.length; i++) {
            changes[i] = bits.optional(4);
        }
        for (int i = 0; i < SEGMENTS; i++) {
            int own = quality;
            if (segmented) {
                own = absolute ? segmentQuality[i] : quality + segmentQuality[i];
            }
            steps[i] =
                    new int[] {
                        Vp8Tables.firstStep(own + changes[0]),
                        Vp8Tables.otherStep(own),
                        2 * Vp8Tables.firstStep(own + changes[1]),
                        Math.max(LEAST_STEP, Vp8Tables.otherStep(own + changes[2]) * 155 / 100),
                        Math.min(LARGEST_COLOUR_STEP, Vp8Tables.firstStep(own + changes[3])),
                        Vp8Tables.otherStep(own + changes[4])
                    };
        }
    }

    private void blocks() throws MediaException {
        int[][][] choices = Vp8Tables.modeChoices();
        int[] modes = new int[16];
        int[] coefficients = new int[25 * Vp8Coefficients.BLOCK];
        for (int row = 0; row < rows; row++) {
            Vp8Bits data = partitions[row % partitions.length];
            Arrays.fill(leftModes, 0);
            Arrays.fill(leftFilled, false);
            for (int column = 0; column < columns; column++) {
                int segment = mapped ? bits.choice(SEGMENT_TREE, segmentChoices) : 0;
                boolean skipped = skips && bits.flag(skipChoice);
                int mode = bits.choice(LARGE_TREE, LARGE_CHOICES);
                readModes(mode, column, choices, modes);
                int colours = bits.choice(COLOUR_TREE, COLOUR_CHOICES);
                boolean small = mode == Vp8Prediction.SMALL;
                boolean filled = false;
                if (skipped) {
                    leave(column, small);
                } else {
                    Arrays.fill(coefficients, 0);
                    filled = coefficients(data, column, small, steps[segment], coefficients);
                }
                build(column, row, mode, modes, colours, coefficients, filled);
                note(row * columns + column, segment, small, filled);
            }
            if (data.isBeyondItsEnd() || bits.isBeyondItsEnd()) {
                throw new MediaException("damaged (it is cut off)");
            }
        }
    }

    private void readModes(int mode, int column, int[][][] choices, int[] modes) {
        for (int i = 0; i < modes.length; i++) {
            int above = 4 * column + i % 4;
            int left = i / 4;
            modes[i] =
                    mode == Vp8Prediction.SMALL
                            ? bits.choice(SMALL_TREE, choices[aboveModes[above]][leftModes[left]])
                            : SMALL_OF_LARGE[mode];
            aboveModes[above] = modes[i];
            leftModes[left] = modes[i];
        }
    }

    /**
     * A block without coefficients; the means of others are looked at beyond one of small blocks.
     */
    private void leave(int column, boolean small) {
        boolean above = aboveFilled[9 * column + 8];
        boolean left = leftFilled[8];
        Arrays.fill(aboveFilled, 9 * column, 9 * column + 9, false);
        Arrays.fill(leftFilled, false);
        aboveFilled[9 * column + 8] = small && above;
        leftFilled[8] = small && left;
    }

    private boolean coefficients(
            Vp8Bits data, int column, boolean small, int[] step, int[] target) {
        int first = 0;
        if (!small) {
            int[] means = new int[Vp8Coefficients.BLOCK];
            read(data, MEANS, column, 8, 8, 0, step[2], step[3], means, 0);
            Vp8Coefficients.means(means, target);
            first = 1;
        }
        int kind = small ? WITH_MEANS : WITHOUT_MEANS;
        for (int i = 0; i < 16; i++) {
            int at = Vp8Coefficients.BLOCK * i;
            read(data, kind, column, i % 4, i / 4, first, step[0], step[1], target, at);
        }
        for (int i = 0; i < 8; i++) {
            int plane = 4 + i / 4 * 2;
            int at = Vp8Coefficients.BLOCK * (16 + i);
            int above = plane + i % 2;
            int left = plane + i % 4 / 2;
            read(data, COLOURS, column, above, left, 0, step[4], step[5], target, at);
        }
        for (int coefficient : target) {
            if (coefficient != 0) {
                return true;
            }
        }
        return false;
    }

    private void read(
            Vp8Bits data,
            int kind,
            int column,
            int above,
            int left,
            int first,
            int firstStep,
            int otherStep,
            int[] target,
            int at) {
        int upper = 9 * column + above;
        int context = (aboveFilled[upper] ? 1 : 0) + (leftFilled[left] ? 1 : 0);
        boolean filled =
                Vp8Coefficients.read(
                        data, tokens[kind], context, first, firstStep, otherStep, target, at);
        aboveFilled[upper] = filled;
        leftFilled[left] = filled;
    }

    /** Predicts a large block and adds what the file has of it. */
    private void build(
            int column,
            int row,
            int mode,
            int[] modes,
            int colours,
            int[] coefficients,
            boolean filled) {
        int x = SIDE * column;
        int y = SIDE * row;
        Vp8Plane light = planes[0];
        if (mode == Vp8Prediction.SMALL) {
            small(x, y, modes, coefficients, filled);
        } else {
            Vp8Prediction.large(light, x, y, SIDE, mode);
            for (int i = 0; i < 16 && filled; i++) {
                Vp8Coefficients.add(
                        coefficients,
                        Vp8Coefficients.BLOCK * i,
                        light,
                        x + i % 4 * 4,
                        y + i / 4 * 4);
            }
        }
        for (int p = 1; p < 3; p++) {
            Vp8Prediction.large(planes[p], x / 2, y / 2, SIDE / 2, colours);
            for (int i = 0; i < 4 && filled; i++) {
                Vp8Coefficients.add(
                        coefficients,
                        Vp8Coefficients.BLOCK * (12 + 4 * p + i),
                        planes[p],
                        x / 2 + i % 2 * 4,
                        y / 2 + i / 2 * 4);
            }
        }
    }

    private void small(int x, int y, int[] modes, int[] coefficients, boolean filled) {
        Vp8Plane light = planes[0];
        // what is to the right of the row above is the same for all four rows
        int[] outside = new int[4];
        for (int i = 0; i < 4; i++) {
            boolean there = y == 0 || x + SIDE < light.width;
            outside[i] = light.get(light.at(there ? x + SIDE + i : x + SIDE - 1, y - 1));
        }
        int[] beyond = new int[4];
        for (int i = 0; i < 16; i++) {
            int left = x + i % 4 * 4;
            int top = y + i / 4 * 4;
            for (int k = 0; k < 4; k++) {
                beyond[k] = i % 4 == 3 ? outside[k] : light.get(light.at(left + 4 + k, top - 1));
            }
            Vp8Prediction.small(light, left, top, modes[i], beyond);
            if (filled) {
                Vp8Coefficients.add(coefficients, Vp8Coefficients.BLOCK * i, light, left, top);
            }
        }
    }

    /** Remembers how strongly the edges of a block are smoothed. */
    private void note(int block, int segment, boolean small, boolean filled) {
        int level = filterLevel;
        if (segmented) {
            level = absolute ? segmentFilter[segment] : level + segmentFilter[segment];
        }
        level += filterChange + (small ? filterChangeOfSmall : 0);
        filters[block] = (byte) Math.max(0, Math.min(63, level));
        inner[block] = small || filled;
    }

    private void smooth() {
        if (filterLevel == 0) {
            return;
        }
        Vp8Filter[] strengths = new Vp8Filter[64];
        for (int level = 1; level < strengths.length; level++) {
            strengths[level] = new Vp8Filter(level, sharpness);
        }
        for (int block = 0; block < filters.length; block++) {
            if (filters[block] == 0) {
                continue;
            }
            Vp8Filter filter = strengths[filters[block]];
            int x = SIDE * (block % columns);
            int y = SIDE * (block / columns);
            if (simple) {
                filter.simple(planes[0], x, y, inner[block]);
            } else {
                filter.normal(planes[0], x, y, SIDE, inner[block]);
                filter.normal(planes[1], x / 2, y / 2, SIDE / 2, inner[block]);
                filter.normal(planes[2], x / 2, y / 2, SIDE / 2, inner[block]);
            }
        }
    }
}
