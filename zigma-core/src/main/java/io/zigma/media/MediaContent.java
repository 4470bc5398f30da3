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
 * @param loops how often the video is shown, 0 for without end
 * @param text keywords (1 … 79 Latin-1 characters) and their text, in the order to write: the
 *     recipe by which the file can be made again; empty for none
 */
public record MediaContent(
        List<BufferedImage> frames,
        Duration delay,
        Duration lastDelay,
        int loops,
        Map<String, String> text) {

    /** The largest number of repeats that every format can hold. */
    private static final int MOST_LOOPS = 0xffff;

    /**
     * Checks the frames.
     *
     * @throws IllegalArgumentException if there is none or their sizes differ, or it is shown a
     *     number of times that is not from 0 to 65535
     */
    public MediaContent {
        if (loops < 0 || loops > MOST_LOOPS) {
            throw new IllegalArgumentException(
                    "a video is shown 1 to %s times, or 0 for without end, not %s"
                            .formatted(MOST_LOOPS, loops));
        }
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
     * Makes a video that is shown without end.
     *
     * @param frames one or more pictures of the same size, grey or RGB
     * @param delay how long a frame is shown
     * @param lastDelay how long the last frame is shown
     * @param text keywords and their text
     */
    public MediaContent(
            List<BufferedImage> frames,
            Duration delay,
            Duration lastDelay,
            Map<String, String> text) {
        this(frames, delay, lastDelay, 0, text);
    }

    /**
     * Returns for how long each frame is shown, in ticks of a clock. Beginnings are rounded, so
     * that rounding does not add up.
     *
     * @param clock ticks a second
     * @param most ticks that the format can hold
     * @param format its name, for the refusal
     * @throws IllegalArgumentException if a frame is shown for less than a tick or for too many
     */
    int[] ticks(int clock, int most, String format) {
        requireHeld(delay, clock, most, format);
        requireHeld(lastDelay, clock, most, format);
        int[] ticks = new int[frames.size()];
        double begin = 0;
        for (int i = 0; i < ticks.length; i++) {
            double end = begin + seconds(i + 1 < ticks.length ? delay : lastDelay) * clock;
            ticks[i] = (int) (Math.round(end) - Math.round(begin));
            begin = end;
        }
        return ticks;
    }

    private static void requireHeld(Duration time, int clock, int most, String format) {
        double ticks = seconds(time) * clock;
        if (ticks < 1 || ticks > most) {
            throw new IllegalArgumentException(
                    "a frame of a %s is shown for %s to %s seconds, not %s"
                            .formatted(format, 1.0 / clock, (double) most / clock, seconds(time)));
        }
    }

    private static double seconds(Duration time) {
        return time.getSeconds() + time.getNano() * 1e-9;
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
