package io.zigma.pipeline;

import io.zigma.condition.InvalidRequestException;
import io.zigma.io.ContentHash;
import io.zigma.media.FramedPicture;
import io.zigma.media.PictureDecoder;
import io.zigma.media.PictureFormat;
import io.zigma.media.PictureSource;
import io.zigma.media.PngFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;

/**
 * A picture file that a generation starts from, or a mask. It is decoded and resized as training
 * pictures are: upright, in sRGB, transparency over white, scaled so that the shorter side fits and
 * cropped to the centre. Recipes name it by the SHA-256 of its bytes.
 */
public final class SourcePicture {

    /** Larger files are no pictures that a person means. */
    private static final long MOST_BYTES = 1L << 28;

    private final String name;
    private final byte[] bytes;
    private final String hash;

    private SourcePicture(String name, byte[] bytes) {
        this.name = name;
        this.bytes = bytes;
        this.hash = HexFormat.of().formatHex(ContentHash.of(bytes));
    }

    /**
     * Reads a file; it is decoded later.
     *
     * @param file a picture of any kind that training reads, at most 256 MiB
     * @return its bytes
     * @throws IOException if it cannot be read or is larger
     */
    public static SourcePicture read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(
                    Files.exists(file)
                            ? file + " is no file; name a picture"
                            : file + " does not exist; name a picture");
        }
        if (Files.size(file) > MOST_BYTES) {
            throw new IOException(
                    "%s is larger than %s MiB; save the picture smaller"
                            .formatted(file, MOST_BYTES >> 20));
        }
        return new SourcePicture(file.toString(), Files.readAllBytes(file));
    }

    /**
     * Wraps a file in memory.
     *
     * @param name what refusals call it
     * @param bytes a picture file of any kind that training reads; not copied
     * @return the picture
     */
    public static SourcePicture of(String name, byte[] bytes) {
        return new SourcePicture(name, bytes);
    }

    /**
     * Takes a picture in memory, whose hash is that of it as a PNG file.
     *
     * @param image a grey or RGB picture
     * @return the picture
     */
    public static SourcePicture of(BufferedImage image) {
        return new SourcePicture("the picture", PngFile.bytes(image, Map.of()));
    }

    /**
     * Returns what refusals call it.
     *
     * @return a file's path, or a name
     */
    public String name() {
        return name;
    }

    /**
     * Returns the hash that recipes name it by.
     *
     * @return SHA-256 of the file as 64 lower-case hexadecimal digits
     */
    public String sha256() {
        return hash;
    }

    /**
     * Decodes and resizes it.
     *
     * @param format the size of the result
     * @throws InvalidRequestException if it is damaged or no picture
     */
    FramedPicture framed(PictureFormat format) {
        try {
            return PictureDecoder.frame(PictureSource.of(bytes), format);
        } catch (IOException e) {
            throw new InvalidRequestException("%s: %s".formatted(name, e.getMessage()), e);
        }
    }
}
