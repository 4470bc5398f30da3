package io.zigma.media;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Which frames of a clip are taken, and how many.
 *
 * @param frames how many a taken clip has, at least 1
 * @param fps frames a second to take, whatever the file's rate: at time k / fps the one that is
 *     shown then; 0 for the file's own frames, whatever their times
 * @param stride of the file's own frames every so many is taken, at least 1; 1 with a rate
 * @param shorter what becomes of a clip that has fewer frames
 */
public record ClipSampling(int frames, double fps, int stride, ShortClip shorter) {

    /** Where the description of a model's data has it, among other settings. */
    public static final String FIELD = "clips";

    /** More do not fit into any model that would be trained on them here. */
    private static final int MOST_FRAMES = 1024;

    private static final double HIGHEST_RATE = 240;

    /** What becomes of a clip with too few frames. */
    public enum ShortClip {
        /** It begins again from its first frame, as often as needed. */
        LOOP,
        /** Its last frame is shown on. */
        HOLD,
        /** It is left out, with a word. */
        LEAVE_OUT;

        /** Returns the name as options have it. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one cannot be meant, or both rate and stride are given
     */
    public ClipSampling {
        if (frames < 1 || frames > MOST_FRAMES) {
            throw new IllegalArgumentException(
                    "a clip has 1 to %s frames, not %s".formatted(MOST_FRAMES, frames));
        }
        if (!(fps >= 0 && fps <= HIGHEST_RATE)) {
            throw new IllegalArgumentException(
                    "frames are taken at a rate up to %s a second, not %s"
                            .formatted(HIGHEST_RATE, fps));
        }
        if (stride < 1) {
            throw new IllegalArgumentException(
                    "every frame is taken or every second and so on, not every %s"
                            .formatted(stride));
        }
        if (fps > 0 && stride > 1) {
            throw new IllegalArgumentException(
                    "frames are taken at a rate or with a stride, not both");
        }
    }

    /**
     * Reads {@code frames=16 fps=8.0 stride=1 short=loop} among other words of that form.
     *
     * @param text from a model's description
     * @return the sampling; empty if it is of another version
     */
    public static Optional<ClipSampling> parse(String text) {
        Map<String, String> values = new HashMap<>();
        for (String word : text.split(" ", -1)) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                values.put(word.substring(0, equals), word.substring(equals + 1));
            }
        }
        try {
            ShortClip shorter =
                    Arrays.stream(ShortClip.values())
                            .filter(choice -> choice.toString().equals(values.get("short")))
                            .findFirst()
                            .orElseThrow(IllegalArgumentException::new);
            return Optional.of(
                    new ClipSampling(
                            Integer.parseInt(values.getOrDefault("frames", "")),
                            Double.parseDouble(values.getOrDefault("fps", "")),
                            Integer.parseInt(values.getOrDefault("stride", "")),
                            shorter));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Returns the sampling as {@link #parse} reads it. */
    @Override
    public String toString() {
        return "frames=%s fps=%s stride=%s short=%s".formatted(frames, fps, stride, shorter);
    }

    /**
     * Takes so many of the file's own frames, one after another; short clips begin again.
     *
     * @param frames how many
     * @return the sampling
     */
    public static ClipSampling of(int frames) {
        return new ClipSampling(frames, 0, 1, ShortClip.LOOP);
    }
}
