package io.zigma.media;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** Reads samples with one of the Java platform's decoders, in bounded memory. */
final class PlatformReader implements AutoCloseable {

    // 16 Mi pixels take up to 128 MiB decoded; a larger picture is read with pixels left out
    /** Of what is decoded whole, without leaving pixels out. */
    static final long MAX_WHOLE_PIXELS = 1L << 26;

    private static final long MAX_DECODED_PIXELS = 1L << 24;
    private static final long MAX_PIXELS = 1L << 30;

    private final ImageReader reader;
    private final List<String> warnings = new ArrayList<>();

    /**
     * Uses the platform's own decoder of a format, whatever else is on the class path.
     *
     * @param format the platform's name of the format
     * @param in the file
     */
    PlatformReader(String format, ImageInputStream in) throws IOException {
        this(own(format), in);
    }

    /** Reads with a decoder, which is disposed of in the end. */
    PlatformReader(ImageReader reader, ImageInputStream in) throws IOException {
        this.reader = reader;
        in.seek(0);
        reader.setInput(in, false, true);
        reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
    }

    private static ImageReader own(String format) throws MediaException {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format);
        while (readers.hasNext()) {
            ImageReader reader = readers.next();
            if (reader.getClass().getName().startsWith("com.sun.imageio.")) {
                return reader;
            }
            reader.dispose();
        }
        throw new MediaException("this Java has no decoder for %s".formatted(format));
    }

    /** Reads a picture of the file. */
    BufferedImage image(int number) throws IOException {
        ImageReadParam param = param(number);
        BufferedImage image;
        try {
            image = reader.read(number, param);
        } catch (IOException e) {
            throw new MediaException("damaged (%s)".formatted(PictureDecoder.oneLine(e)), e);
        }
        requireWhole();
        return image;
    }

    /** Reads the first picture without any conversion of colours. */
    Raster raster() throws IOException {
        Raster raster;
        try {
            raster = reader.readRaster(0, param(0));
        } catch (IOException e) {
            throw new MediaException("damaged (%s)".formatted(PictureDecoder.oneLine(e)), e);
        }
        requireWhole();
        return raster;
    }

    /** Returns a picture's samples: as they are stored where the platform allows that. */
    static StoredSamples samples(BufferedImage image) throws MediaException {
        ColorModel model = image.getColorModel();
        if (!(model instanceof ComponentColorModel)) {
            return new ArgbSamples(image);
        }
        // read as they are: the platform assumes that grey files hold linear light, which no PNG or
        // JPEG in practice does, and would brighten them
        int colours = model.getColorSpace().getType() == ColorSpace.TYPE_GRAY ? 1 : 3;
        return new RasterSamples(
                image.getRaster(),
                colours,
                model.hasAlpha() ? colours : -1,
                model.isAlphaPremultiplied());
    }

    /** Refuses a picture that is larger than anything that can be decoded. */
    static void requireDecodable(long width, long height, long most) throws MediaException {
        if (width < 1 || height < 1) {
            throw new MediaException("damaged (a size of %s×%s)".formatted(width, height));
        }
        if (width * height > most) {
            throw new MediaException(
                    "%s×%s pixels are more than can be decoded".formatted(width, height));
        }
    }

    private ImageReadParam param(int number) throws IOException {
        long width = reader.getWidth(number);
        long height = reader.getHeight(number);
        requireDecodable(width, height, MAX_PIXELS);
        int every = 1;
        while (ceilDivide(width, every) * ceilDivide(height, every) > MAX_DECODED_PIXELS) {
            every++;
        }
        ImageReadParam param = reader.getDefaultReadParam();
        param.setSourceSubsampling(every, every, 0, 0);
        return param;
    }

    private void requireWhole() throws MediaException {
        for (String warning : warnings) {
            // a JPEG that is cut off decodes with its lower part grey and only a warning
            String text = warning.toLowerCase(Locale.ROOT);
            if (text.contains("premature end") || text.contains("truncated")) {
                throw new MediaException("damaged (%s)".formatted(warning));
            }
        }
    }

    private static long ceilDivide(long value, int divisor) {
        return (value + divisor - 1) / divisor;
    }

    @Override
    public void close() {
        reader.dispose();
    }
}
