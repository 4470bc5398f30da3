package io.zigma.media;

/**
 * A decoded file as it should be displayed: upright, in sRGB or grey, transparency composited over
 * white or another colour. Used by one thread at a time.
 */
final class DecodedPicture implements Picture {

    // luma of ITU-R BT.601, as in JPEG
    private static final float RED = 0.299f;
    private static final float GREEN = 0.587f;
    private static final float BLUE = 0.114f;
    private static final int WHITE = 0xffffff;

    /** Channels of CMYK, the largest number. */
    private static final int MOST_COLOURS = 4;

    private final Decoded decoded;
    private final int channels;
    private final boolean turned;
    private final boolean linesFromEnd;
    private final boolean pixelsFromEnd;
    private final float[] planes;
    private final float[] alpha;
    private final float redBehind;
    private final float greenBehind;
    private final float blueBehind;
    private final float greyBehind;

    /**
     * Wraps what a file holds, over white.
     *
     * @param decoded samples with their orientation and colours
     * @param channels 1 or 3
     */
    DecodedPicture(Decoded decoded, int channels) {
        this(decoded, channels, WHITE);
    }

    /**
     * Wraps what a file holds.
     *
     * @param decoded samples with their orientation and colours
     * @param channels 1 or 3
     * @param background what is seen where the file is clear: red, green, blue of eight bits each
     */
    DecodedPicture(Decoded decoded, int channels, int background) {
        this.redBehind = background >> 16 & 0xff;
        this.greenBehind = background >> 8 & 0xff;
        this.blueBehind = background & 0xff;
        // white is exactly white in grey too, which the rounded weights do not add up to
        this.greyBehind =
                background == WHITE
                        ? redBehind
                        : RED * redBehind + GREEN * greenBehind + BLUE * blueBehind;
        this.decoded = decoded;
        this.channels = channels;
        int orientation = decoded.orientation();
        // Exif's names give the displayed position of the stored first row and first column:
        // 5 left-top, 6 right-top, 7 right-bottom, 8 left-bottom are columns that are displayed as
        // rows
        this.turned = orientation >= 5;
        this.linesFromEnd =
                orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
        this.pixelsFromEnd =
                orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
        this.planes = new float[MOST_COLOURS * width()];
        this.alpha = new float[width()];
    }

    @Override
    public int width() {
        return turned ? decoded.samples().height() : decoded.samples().width();
    }

    @Override
    public int height() {
        return turned ? decoded.samples().width() : decoded.samples().height();
    }

    @Override
    public int channels() {
        return channels;
    }

    @Override
    public void row(int y, float[] row) {
        int width = width();
        decoded.samples().line(turned, linesFromEnd ? height() - 1 - y : y, planes, alpha);
        if (decoded.samples().colours() == 1) {
            System.arraycopy(planes, 0, planes, width, width);
            System.arraycopy(planes, 0, planes, 2 * width, width);
        }
        if (decoded.colours() != null) {
            decoded.colours().toSrgb(planes, width);
        }
        for (int x = 0; x < width; x++) {
            put(row, x, pixelsFromEnd ? width - 1 - x : x);
        }
    }

    private void put(float[] row, int x, int at) {
        int width = width();
        float red = planes[at];
        float green = planes[width + at];
        float blue = planes[2 * width + at];
        float opaque = alpha[at];
        float clear = 1 - opaque;
        if (channels == 1) {
            row[x] = opaque * (RED * red + GREEN * green + BLUE * blue) + greyBehind * clear;
        } else {
            row[x] = opaque * red + redBehind * clear;
            row[width + x] = opaque * green + greenBehind * clear;
            row[2 * width + x] = opaque * blue + blueBehind * clear;
        }
    }
}
