package io.zigma.media;

import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * TIFF: tags of samples and colours are applied where their meaning is unambiguous; anything else
 * is refused by name (TIFF 6.0; Adobe Photoshop TIFF Technical Notes; DNG 1.6).
 */
final class TiffDecoder implements FormatDecoder {

    private static final int SUBFILE_TYPE = 254;
    private static final int BITS = 258;
    private static final int COMPRESSION = 259;
    private static final int PHOTOMETRIC = 262;
    private static final int SAMPLES = 277;
    private static final int PREDICTOR = 317;
    private static final int WHITE_POINT = 318;
    private static final int PRIMARIES = 319;
    private static final int INK_SET = 332;
    private static final int EXTRA_SAMPLES = 338;
    private static final int SAMPLE_FORMAT = 339;
    private static final int SUBSAMPLING = 530;
    private static final int COEFFICIENTS = 529;
    private static final int REFERENCE = 532;
    private static final int DNG_VERSION = 50706;

    private static final int REDUCED = 1;
    private static final int UNSIGNED = 1;
    private static final int JPEG = 7;
    private static final int WHITE_IS_ZERO = 0;
    private static final int BLACK_IS_ZERO = 1;
    private static final int RGB = 2;
    private static final int PALETTE = 3;
    private static final int CMYK = 5;
    private static final int YCBCR = 6;
    private static final int ASSOCIATED_ALPHA = 1;
    private static final int ALPHA = 2;
    private static final String CONVERT = "; convert it to 8-bit RGB or grey";

    /** None, the three of fax, LZW, JPEG old and new, deflate under two numbers, PackBits. */
    private static final Set<Integer> COMPRESSIONS =
            Set.of(1, 2, 3, 4, 5, 6, JPEG, 8, 32773, 32946);

    private static final int NO_PREDICTOR = 1;
    private static final int DIFFERENCES = 2;

    /** LZW and deflate, the compressions that a predictor goes with. */
    private static final Set<Integer> PREDICTED = Set.of(5, 8, 32946);

    private static final double[] CODED_BLACK_AND_WHITE = {0, 255, 128, 255, 128, 255};
    private static final double[] BT_601 = {0.299, 0.587, 0.114};

    @Override
    public Decoded decode(ImageInputStream in) throws IOException {
        List<TiffDirectory> directories = TiffDirectory.readAll(in, 0);
        if (directories.isEmpty()) {
            throw new MediaException(
                    "a BigTIFF, or a TIFF without pictures, which cannot be decoded" + CONVERT);
        }
        List<Integer> full =
                IntStream.range(0, directories.size())
                        .filter(i -> (directories.get(i).number(SUBFILE_TYPE, 0) & REDUCED) == 0)
                        .boxed()
                        .toList();
        int number = full.isEmpty() ? 0 : full.get(0);
        TiffDirectory tags = directories.get(number);
        requireKnown(directories, tags);
        boolean ycbcr = isPlainYcbcr(tags);
        // a stream over memory needs no closing, and the caller closes the file's own
        ImageInputStream plain = ycbcr ? asRgb(in, tags) : in;
        try (PlatformReader reader = new PlatformReader("tiff", plain)) {
            StoredSamples samples = samples(reader.image(number), tags);
            RowColours profile = colours(tags, samples);
            RowColours colours = ycbcr ? new YcbcrColours(profile) : profile;
            return new Decoded(samples, tags.orientation(), colours, Math.max(1, full.size()));
        }
    }

    private static void requireKnown(List<TiffDirectory> directories, TiffDirectory tags)
            throws MediaException {
        if (directories.get(0).has(DNG_VERSION)) {
            throw new MediaException("a camera's raw file, which cannot be decoded" + CONVERT);
        }
        for (int format : tags.numbers(SAMPLE_FORMAT)) {
            if (format != UNSIGNED) {
                throw new MediaException(
                        "a TIFF of %s, whose black and white are not said%s"
                                .formatted(
                                        format == 2
                                                ? "signed samples"
                                                : format == 3
                                                        ? "floating-point samples"
                                                        : "samples of an unknown kind",
                                        CONVERT));
            }
        }
        int[] bits = tags.numbers(BITS);
        int depth = bits.length == 0 ? 1 : bits[0];
        boolean even = Arrays.stream(bits).allMatch(b -> b == depth);
        int photometric = tags.number(PHOTOMETRIC, -1);
        boolean one =
                photometric == WHITE_IS_ZERO
                        || photometric == BLACK_IS_ZERO
                        || photometric == PALETTE;
        boolean known =
                depth == 8
                        || depth == 16 && photometric != YCBCR
                        || one && (depth == 1 || depth == 2 || depth == 4);
        if (!even || !known) {
            throw new MediaException(
                    "a TIFF of %s bits a sample, which cannot be decoded%s"
                            .formatted(
                                    even ? Integer.toString(depth) : Arrays.toString(bits),
                                    CONVERT));
        }
        int compression = tags.number(COMPRESSION, 1);
        if (!COMPRESSIONS.contains(compression)) {
            throw new MediaException(
                    "a TIFF compressed in a way that cannot be decoded (%s)%s"
                            .formatted(compression, CONVERT));
        }
        int predictor = tags.number(PREDICTOR, NO_PREDICTOR);
        boolean undone = predictor == NO_PREDICTOR || predictor == DIFFERENCES && depth == 8;
        if (PREDICTED.contains(compression) && !undone) {
            throw new MediaException(
                    "a TIFF of %s bits a sample with predictor %s, which cannot be decoded%s"
                            .formatted(depth, predictor, CONVERT));
        }
        requireColours(tags, photometric);
    }

    private static void requireColours(TiffDirectory tags, int photometric) throws MediaException {
        switch (photometric) {
            case WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE -> {
                // each is unambiguous
            }
            case CMYK -> {
                IccColours.requireInks(tags.bytes(TiffDirectory.ICC_PROFILE));
                if (tags.number(COMPRESSION, 1) == JPEG || tags.number(INK_SET, 1) != 1) {
                    throw new MediaException("a TIFF of other inks than plain CMYK" + CONVERT);
                }
            }
            case YCBCR -> {
                boolean whole =
                        Arrays.stream(tags.numbers(SUBSAMPLING)).allMatch(factor -> factor == 1)
                                && tags.has(SUBSAMPLING);
                if (tags.number(COMPRESSION, 1) != JPEG
                        && !(whole
                                && isAs(tags.fractions(REFERENCE), CODED_BLACK_AND_WHITE)
                                && isAs(tags.fractions(COEFFICIENTS), BT_601))) {
                    throw new MediaException(
                            "a TIFF of YCbCr that is subsampled or of another range" + CONVERT);
                }
            }
            case 8, 9, 10 -> throw new MediaException("a TIFF of L*a*b* colours" + CONVERT);
            case 32803, 34892 ->
                    throw new MediaException(
                            "a camera's raw file, which cannot be decoded" + CONVERT);
            default ->
                    throw new MediaException(
                            "a TIFF of an unknown kind of colours (%s)%s"
                                    .formatted(photometric, CONVERT));
        }
    }

    /** Returns whether fractions are the expected ones, or absent. */
    private static boolean isAs(double[] given, double[] expected) {
        if (given.length == 0) {
            return true;
        }
        boolean same = given.length == expected.length;
        for (int i = 0; same && i < given.length; i++) {
            same = Math.abs(given[i] - expected[i]) < 0.001;
        }
        return same;
    }

    private static boolean isPlainYcbcr(TiffDirectory tags) {
        return tags.number(PHOTOMETRIC, -1) == YCBCR && tags.number(COMPRESSION, 1) != JPEG;
    }

    /**
     * Returns the file with its YCbCr called RGB, so that samples arrive as they are: the
     * platform's own conversion is off by up to three levels.
     */
    private static ImageInputStream asRgb(ImageInputStream in, TiffDirectory tags)
            throws IOException {
        long length = in.length();
        if (length > Integer.MAX_VALUE - 8) {
            throw new MediaException("a TIFF of YCbCr of more than two gigabytes" + CONVERT);
        }
        byte[] file = new byte[(int) length];
        in.seek(0);
        in.readFully(file);
        int place = (int) tags.place(PHOTOMETRIC);
        // one byte of the number is 6, all others are 0
        int at = file[place] == YCBCR ? place : place + 1;
        file[at] = RGB;
        return new MemoryInput(file);
    }

    private static StoredSamples samples(BufferedImage image, TiffDirectory tags)
            throws MediaException {
        if (!(image.getColorModel() instanceof ComponentColorModel)) {
            return new ArgbSamples(image);
        }
        int photometric = tags.number(PHOTOMETRIC, -1);
        int colours = photometric == CMYK ? 4 : photometric <= BLACK_IS_ZERO ? 1 : 3;
        int[] extra = tags.numbers(EXTRA_SAMPLES);
        int kind = extra.length == 0 || tags.number(SAMPLES, 1) <= colours ? 0 : extra[0];
        boolean alpha = kind == ALPHA || kind == ASSOCIATED_ALPHA;
        return new RasterSamples(
                image.getRaster(), colours, alpha ? colours : -1, kind == ASSOCIATED_ALPHA);
    }

    private static @Nullable RowColours colours(TiffDirectory tags, StoredSamples samples)
            throws MediaException {
        byte[] profile = tags.bytes(TiffDirectory.ICC_PROFILE);
        int stored = samples.colours();
        if (profile != null || stored == 4) {
            return IccColours.of(profile, samples);
        }
        double[] white = tags.fractions(WHITE_POINT);
        double[] primaries = tags.fractions(PRIMARIES);
        if (stored == 3 && white.length == 2 && primaries.length == 6) {
            double[] all = new double[8];
            System.arraycopy(white, 0, all, 0, 2);
            System.arraycopy(primaries, 0, all, 2, 6);
            if (!RgbEncoding.isSrgb(all)) {
                throw new MediaException(
                        "has primaries other than those of sRGB and no colour profile" + CONVERT);
            }
        }
        return null;
    }

    /** YCbCr of full range to RGB (TIFF 6.0, section 21, with its defaults), then a profile. */
    private record YcbcrColours(@Nullable RowColours then) implements RowColours {

        @Override
        public void toSrgb(float[] planes, int n) {
            for (int i = 0; i < n; i++) {
                float y = planes[i];
                float cb = planes[n + i] - 128;
                float cr = planes[2 * n + i] - 128;
                planes[i] = level(y + 1.402f * cr);
                planes[n + i] = level(y - 0.344136f * cb - 0.714136f * cr);
                planes[2 * n + i] = level(y + 1.772f * cb);
            }
            if (then != null) {
                then.toSrgb(planes, n);
            }
        }

        /** Whole levels, as every program that writes such files rounds. */
        private static float level(float value) {
            return Math.round(Math.max(0, Math.min(255, value)));
        }
    }
}
