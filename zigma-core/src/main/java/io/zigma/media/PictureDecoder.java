package io.zigma.media;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** Decodes picture files of every format that the Java platform knows, in bounded memory. */
public final class PictureDecoder {

    // 16 Mi pixels take up to 128 MiB decoded; a larger picture is read with pixels left out
    private static final long MAX_DECODED_PIXELS = 1L << 24;
    private static final long MAX_PIXELS = 1L << 30;
    private static final int CMYK_BANDS = 4;
    private static final String CMYK =
            "a CMYK picture, whose colours cannot be read faithfully; convert it to RGB";

    private PictureDecoder() {}

    /**
     * Decodes a file.
     *
     * @param file a picture
     * @param channels 1 to turn colours into grey, 3 to keep them
     * @return the picture, of the file's size or an even fraction of it
     * @throws MediaException if the file is damaged, cut off or of an unknown kind; the message is
     *     a reason without the file's name
     * @throws IOException if reading fails
     */
    public static Picture decode(Path file, int channels) throws IOException {
        try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
            if (in == null) {
                throw new IOException("cannot be opened");
            }
            if (in.length() == 0) {
                throw new MediaException("the file is empty");
            }
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new MediaException("not a picture of a kind that can be decoded");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, true);
                return new DecodedPicture(decode(reader), channels);
            } finally {
                reader.dispose();
            }
        } catch (RuntimeException e) {
            // the platform's decoders let many kinds of these out when a file is damaged
            throw new MediaException("damaged (%s)".formatted(oneLine(e)), e);
        }
    }

    private static BufferedImage decode(ImageReader reader) throws IOException {
        long width = reader.getWidth(0);
        long height = reader.getHeight(0);
        if (width * height > MAX_PIXELS) {
            throw new MediaException(
                    "%d×%d pixels are more than can be decoded".formatted(width, height));
        }
        int every = 1;
        while (ceilDivide(width, every) * ceilDivide(height, every) > MAX_DECODED_PIXELS) {
            every++;
        }
        ImageReadParam param = reader.getDefaultReadParam();
        param.setSourceSubsampling(every, every, 0, 0);
        List<String> warnings = new ArrayList<>();
        reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
        BufferedImage image;
        try {
            image = reader.read(0, param);
        } catch (IOException e) {
            throw isCmyk(reader, param)
                    ? new MediaException(CMYK, e)
                    : new MediaException("damaged (%s)".formatted(oneLine(e)), e);
        }
        if (image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_CMYK) {
            // some platforms decode it, but to colours that are visibly off
            throw new MediaException(CMYK);
        }
        for (String warning : warnings) {
            // a JPEG that is cut off decodes with its lower part grey and only a warning
            String text = warning.toLowerCase(Locale.ROOT);
            if (text.contains("premature end") || text.contains("truncated")) {
                throw new MediaException("damaged (%s)".formatted(warning));
            }
        }
        return image;
    }

    private static boolean isCmyk(ImageReader reader, ImageReadParam param) {
        try {
            return reader.canReadRaster()
                    && reader.readRaster(0, param).getNumBands() == CMYK_BANDS;
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    private static long ceilDivide(long value, int divisor) {
        return (value + divisor - 1) / divisor;
    }

    private static String oneLine(Exception e) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return message.lines().findFirst().orElse("unknown reason");
    }
}
