package io.zigma.cli.command;

import io.zigma.media.GifAnimation;
import io.zigma.media.ImageGrid;
import io.zigma.pipeline.GeneratedImage;
import io.zigma.pipeline.Magnification;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** Writes videos as an animated GIF, several side by side. */
final class VideoFile {

    /** Frames a second, as help says. */
    static final int RATE = 10;

    private static final Duration FRAME = Duration.ofSeconds(1).dividedBy(RATE);
    private static final GifAnimation ANIMATION = new GifAnimation(FRAME, FRAME);

    private VideoFile() {}

    /**
     * Writes one file.
     *
     * @param file its place
     * @param videos one or more of as many frames
     * @param magnification of their pixels
     * @throws IOException if it cannot be written
     */
    static void write(Path file, List<GeneratedImage> videos, Magnification magnification)
            throws IOException {
        ANIMATION.write(
                file,
                IntStream.range(0, videos.get(0).frames().size())
                        .mapToObj(
                                frame ->
                                        ImageGrid.of(
                                                videos.stream()
                                                        .map(video -> video.frames().get(frame))
                                                        .map(magnification::apply)
                                                        .toList()))
                        .toList());
    }
}
