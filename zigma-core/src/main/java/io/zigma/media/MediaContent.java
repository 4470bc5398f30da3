package io.zigma.media;

import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The content of a picture or video file.
 *
 * @param frames one or more pictures of the same size, grey or RGB, in the order of showing
 * @param delay how long a frame is shown, of no meaning for a single one
 * @param lastDelay how long the last frame is shown before the video starts again
 * @param text keywords (1 … 79 Latin-1 characters) and their text, in the order to write: the
 *     recipe by which the file can be made again; empty for none
 */
public record MediaContent(
        List<BufferedImage> frames, Duration delay, Duration lastDelay, Map<String, String> text) {

    /**
     * Checks the frames.
     *
     * @throws IllegalArgumentException if there is none or their sizes differ
     */
    public MediaContent {
        frames = List.copyOf(frames);
        text = Collections.unmodifiableMap(new LinkedHashMap<>(text));
        if (frames.isEmpty()) {
            throw new IllegalArgumentException("a picture or video needs at least one frame");
        }
        BufferedImage first = frames.get(0);
        for (BufferedImage frame : frames) {
            if (frame.getWidth() != first.getWidth() || frame.getHeight() != first.getHeight()) {
                throw new IllegalArgumentException(
                        "frames of a video must have one size, not %s×%s and %s×%s"
                                .formatted(
                                        first.getWidth(),
                                        first.getHeight(),
                                        frame.getWidth(),
                                        frame.getHeight()));
            }
        }
    }

    /**
     * Makes a still picture.
     *
     * @param picture grey or RGB
     * @param text keywords and their text
     * @return the picture as the only frame
     */
    public static MediaContent still(BufferedImage picture, Map<String, String> text) {
        Duration delay = Duration.ofSeconds(1);
        return new MediaContent(List.of(picture), delay, delay, text);
    }
}
