package io.zigma.media;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import javax.imageio.stream.ImageInputStream;

/** The frames of one clip: in a file, in a file a frame, or in the cells of one picture. */
@FunctionalInterface
public interface ClipSource {

    /** How long a frame is shown where a file has one frame only: of no meaning. */
    long STILL_MICROS = 1;

    /**
     * Reads the frames in their order.
     *
     * @param sink takes each frame; reading ends where it wants no more
     * @throws MediaException if a file is damaged, cut off, of an unknown kind, or needs something
     *     that is not supported; the message is a reason without the file's name; its cause is an
     *     {@link OutOfMemoryError} where memory did not suffice
     * @throws IOException if reading fails
     */
    void read(ClipSink sink) throws IOException;

    /**
     * A clip in a file of any {@link ClipFormats format}; a still picture of any {@link
     * PictureKind} is a clip of one frame.
     *
     * @param file its bytes
     * @return the file as a clip
     */
    static ClipSource file(PictureSource file) {
        return sink ->
                PictureDecoder.read(
                        file,
                        in -> {
                            Optional<ClipFormat> format = ClipFormats.of(PictureKind.head(in));
                            if (format.isPresent()) {
                                format.get().read(in, sink);
                            } else {
                                sink.take(still(in));
                            }
                            return Boolean.TRUE;
                        });
    }

    /** Decodes a file that is one frame. */
    static ClipFrame still(ImageInputStream in) throws IOException {
        return ClipFrame.of(PictureDecoder.decode(in), STILL_MICROS);
    }

    /**
     * A clip whose frames are files of their own.
     *
     * @param frames pictures of one size, in the order of showing
     * @param fps frames a second
     * @return the files as a clip
     */
    static ClipSource frames(List<PictureSource> frames, double fps) {
        List<PictureSource> files = List.copyOf(frames);
        return sink -> {
            int width = 0;
            int height = 0;
            for (int i = 0; i < files.size(); i++) {
                int number = i;
                Decoded decoded = PictureDecoder.read(files.get(i), PictureDecoder::decode);
                Picture shown = new DecodedPicture(decoded, 3);
                if (i > 0 && (shown.width() != width || shown.height() != height)) {
                    throw new MediaException(
                            "frame %s has %s×%s pixels, the first %s×%s"
                                    .formatted(
                                            number + 1,
                                            shown.width(),
                                            shown.height(),
                                            width,
                                            height));
                }
                width = shown.width();
                height = shown.height();
                if (!sink.take(ClipFrame.of(decoded, micros(fps)))) {
                    return;
                }
            }
        };
    }

    /**
     * A clip whose frames stand in one picture, row by row in cells of one size without gaps.
     *
     * @param file the picture
     * @param sheet how it is divided
     * @param fps frames a second
     * @return the cells as a clip
     */
    static ClipSource sheet(PictureSource file, SpriteSheet sheet, double fps) {
        return sink ->
                PictureDecoder.read(
                        file,
                        in -> {
                            Decoded decoded = PictureDecoder.decode(in);
                            sheet.requireDivides(new DecodedPicture(decoded, 3));
                            for (int i = 0; i < sheet.count(); i++) {
                                int cell = i;
                                boolean more =
                                        sink.take(
                                                new ClipFrame(
                                                        channels ->
                                                                sheet.cell(
                                                                        new DecodedPicture(
                                                                                decoded, channels),
                                                                        cell),
                                                        micros(fps)));
                                if (!more) {
                                    break;
                                }
                            }
                            return Boolean.TRUE;
                        });
    }

    private static long micros(double fps) {
        return Math.round(1e6 / fps);
    }
}
