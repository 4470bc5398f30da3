package io.zigma.media;

import java.util.Locale;

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
     * Takes so many of the file's own frames, one after another; short clips begin again.
     *
     * @param frames how many
     * @return the sampling
     */
    public static ClipSampling of(int frames) {
        return new ClipSampling(frames, 0, 1, ShortClip.LOOP);
    }
}
