package io.zigma.cli.command;

import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.Flags;
import io.zigma.media.ImageGrid;
import io.zigma.media.MediaContent;
import io.zigma.media.MediaWriter;
import io.zigma.pipeline.GeneratedImage;
import io.zigma.pipeline.Magnification;
import io.zigma.pipeline.Recipe;
import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.commons.cli.Option;

/**
 * How generated pictures and videos are shown in a file.
 *
 * @param magnification of their pixels
 * @param metadata whether the file contains their recipe
 * @param sequence whether pictures follow each other in an animation, in place of side by side
 * @param frame how long a frame of a video is shown
 * @param loops how often a video is shown, 0 for without end
 */
record FileStyle(
        Magnification magnification,
        boolean metadata,
        boolean sequence,
        Duration frame,
        int loops) {

    /** Frames a second of a video where nothing else is asked for, as in help. */
    static final int RATE = GeneratedImage.FPS;

    private static final double HIGHEST_RATE = 100;
    private static final int MOST_LOOPS = 10_000;
    private static final double NANOS = 1e9;

    /** How fast videos play. */
    static final Option FPS =
            Flags.value(
                    null,
                    "fps",
                    "R",
                    "frames a second of a video, of those that are made; default " + RATE);

    /** How often videos play. */
    static final Option LOOP =
            Flags.value(
                    null,
                    "loop",
                    "N",
                    "how often a video plays, 0 for without end, in GIF, APNG and WebP files; default 0");

    /**
     * Reads how videos are shown.
     *
     * @param magnification of pixels
     * @param metadata whether files contain their recipe
     * @param sequence whether pictures follow each other
     * @throws UsageException if a number cannot be meant
     */
    static FileStyle of(
            Arguments arguments, Magnification magnification, boolean metadata, boolean sequence) {
        double rate = arguments.number(FPS, 0.1, HIGHEST_RATE, RATE);
        return new FileStyle(
                magnification,
                metadata,
                sequence,
                Duration.ofNanos(Math.round(NANOS / rate)),
                arguments.integer(LOOP, 0, MOST_LOOPS, 0));
    }

    /**
     * Lays pictures or videos out side by side.
     *
     * @param format what they are written in; a video is a grid of its frames where it is a still
     * @param images one or more, videos of as many frames
     * @return what the file shows
     */
    MediaContent content(MediaWriter format, List<GeneratedImage> images) {
        if (!format.animates()) {
            return MediaContent.still(
                    together(images.stream().map(GeneratedImage::picture).toList()), text(images));
        }
        if (sequence) {
            List<BufferedImage> pictures =
                    images.stream().map(GeneratedImage::picture).map(magnification::apply).toList();
            return new MediaContent(pictures, frame, frame, loops, text(images));
        }
        List<BufferedImage> frames =
                IntStream.range(0, images.get(0).frames().size())
                        .mapToObj(
                                i ->
                                        together(
                                                images.stream()
                                                        .map(image -> image.frames().get(i))
                                                        .toList()))
                        .toList();
        return new MediaContent(frames, frame, frame, loops, text(images));
    }

    private BufferedImage together(List<BufferedImage> pictures) {
        List<BufferedImage> large = pictures.stream().map(magnification::apply).toList();
        return large.size() == 1 ? large.get(0) : ImageGrid.of(large);
    }

    /** Returns the metadata of one or more pictures: keywords and their text. */
    Map<String, String> text(List<GeneratedImage> images) {
        return metadata ? Recipe.together(images) : Map.of();
    }
}
