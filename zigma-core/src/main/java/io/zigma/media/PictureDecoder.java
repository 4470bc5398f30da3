package io.zigma.media;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.IIOException;
import javax.imageio.stream.ImageInputStream;

/** Decodes picture files of every {@link PictureKind}, in bounded memory. */
public final class PictureDecoder {

    private PictureDecoder() {}

    /**
     * Decodes a file as it should be displayed: rotated to its orientation, its colours converted
     * to sRGB.
     *
     * @param file a picture
     * @param channels 1 to convert to grey, 3 for RGB
     * @return the picture, of the file's size or an even fraction of it
     * @throws MediaException if the file is damaged, cut off, of an unknown kind, or has colours
     *     that are not supported; the message is a reason without the file's name
     * @throws IOException if reading fails
     */
    public static Picture decode(Path file, int channels) throws IOException {
        return decode(PictureSource.of(file), channels);
    }

    /** Decodes a file that need not be in a folder. */
    static Picture decode(PictureSource source, int channels) throws IOException {
        return read(source, in -> new DecodedPicture(decode(in), channels));
    }

    /**
     * Decodes a file and resizes it.
     *
     * @param source the file
     * @param format the size of the result
     * @return its pixels, and the number of pictures in the file
     * @throws MediaException as {@link #decode(Path, int)} does, whatever goes wrong while pixels
     *     are read; its cause is an {@link OutOfMemoryError} where memory did not suffice
     * @throws IOException if reading fails
     */
    public static FramedPicture frame(PictureSource source, PictureFormat format)
            throws IOException {
        return read(
                source,
                in -> {
                    Decoded decoded = decode(in);
                    Picture upright = new DecodedPicture(decoded, format.channels());
                    return new FramedPicture(
                            Framing.frame(upright, format),
                            decoded.pictures(),
                            upright.width(),
                            upright.height());
                });
    }

    /** A function of an open file. */
    @FunctionalInterface
    interface Work<T> {
        T with(ImageInputStream in) throws IOException;
    }

    /** Opens a file and names what is wrong with it, whatever its decoder throws. */
    static <T> T read(PictureSource source, Work<T> work) throws IOException {
        try (ImageInputStream in = source.open()) {
            return work.with(in);
        } catch (RuntimeException | IIOException | EOFException e) {
            // the platform's decoders throw many kinds of these when a file is damaged
            throw new MediaException("damaged (%s)".formatted(oneLine(e)), e);
        } catch (OutOfMemoryError e) {
            throw new MediaException("needs more memory than there is", e);
        } catch (StackOverflowError | LinkageError e) {
            throw new MediaException("cannot be decoded by this Java (%s)".formatted(e), e);
        }
    }

    /** Decodes the first picture of an open file. */
    static Decoded decode(ImageInputStream in) throws IOException {
        byte[] head = PictureKind.head(in);
        if (head.length == 0) {
            throw new MediaException("the file is empty");
        }
        PictureKind kind =
                PictureKind.of(head)
                        .orElseThrow(
                                () ->
                                        new MediaException(
                                                "not a picture of a kind that can be decoded"));
        return kind.decoder()
                .orElseThrow(
                        () ->
                                new MediaException(
                                        "%s pictures cannot be decoded; convert it to PNG or JPEG"
                                                .formatted(kind.label())))
                .decode(in);
    }

    /** Returns a failure's reason on one line. */
    static String oneLine(Throwable e) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return message.lines().findFirst().orElse("unknown reason");
    }
}
