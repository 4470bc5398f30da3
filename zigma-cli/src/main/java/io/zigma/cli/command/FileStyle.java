package io.zigma.cli.command;

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

/**
 * How generated pictures and videos are shown in a file.
 *
 * @param magnification of their pixels
 * @param metadata whether the file contains their recipe
 * @param sequence whether pictures follow each other in an animation, in place of side by side
 */
record FileStyle(Magnification magnification, boolean metadata, boolean sequence) {

    /** Frames a second of a video, as in help. */
    static final int RATE = 10;

    private static final Duration FRAME = Duration.ofSeconds(1).dividedBy(RATE);

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
            return new MediaContent(pictures, FRAME, FRAME, text(images));
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
        return new MediaContent(frames, FRAME, FRAME, text(images));
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
