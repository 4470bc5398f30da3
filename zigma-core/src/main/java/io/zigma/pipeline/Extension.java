package io.zigma.pipeline;

import io.zigma.base.SampleShape;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.condition.InvalidRequestException;
import org.jspecify.annotations.Nullable;

/**
 * Continues videos beyond the length that a model was trained for, window by window: the last
 * frames of what is there are the first of the next window and stay as they are, which is
 * inpainting in time (Ho et al. 2022, "Video Diffusion Models", section 3.1, by replacement as in
 * {@link io.zigma.sampler.Inpainting}).
 *
 * @param frames how many are added
 * @param overlap how many frames the next window sees of those before; 0 for half of the model's
 * @param clip what the first window goes on from, in place of a video that the model makes: it is
 *     the beginning of the result, whole and unchanged but for its size; null for none
 */
public record Extension(int frames, int overlap, @Nullable SourceClip clip) {

    /** More than ten minutes of 24 frames a second were not meant. */
    public static final int MOST_FRAMES = 16_384;

    /**
     * Checks the numbers.
     *
     * @throws InvalidRequestException if a video is not made longer, or by too much
     */
    public Extension {
        if (frames < 1 || frames > MOST_FRAMES) {
            throw new InvalidRequestException(
                    "a video is extended by 1 to %s frames, not %s".formatted(MOST_FRAMES, frames));
        }
        if (overlap < 0) {
            throw new InvalidRequestException(
                    "the overlap of two windows is a number of frames, not %s".formatted(overlap));
        }
    }

    /**
     * Continues videos that the model makes.
     *
     * @param frames how many are added
     * @param overlap how many frames the next window sees of those before; 0 for half of the
     *     model's
     * @throws InvalidRequestException as the other constructor does
     */
    public Extension(int frames, int overlap) {
        this(frames, overlap, null);
    }

    /**
     * Continues from half of the model's frames.
     *
     * @param frames how many are added
     * @return the extension
     * @throws InvalidRequestException as the constructor does
     */
    public static Extension by(int frames) {
        return new Extension(frames, 0);
    }

    /**
     * Returns the same that goes on from a clip.
     *
     * @param changed the clip
     * @return a changed copy
     */
    public Extension from(SourceClip changed) {
        return new Extension(frames, overlap, changed);
    }

    /**
     * Returns how many frames the whole has; a clip is decoded for that.
     *
     * @param config the model's description
     * @param pixels the size of its videos
     * @return with those that are added
     * @throws InvalidRequestException if the model makes no videos, or the clip is damaged or
     *     shorter than the overlap
     */
    public int length(CheckpointConfig config, SampleShape pixels) {
        int kept = kept(pixels.frames());
        return frames
                + (clip == null
                        ? pixels.frames()
                        : ContinuedClip.of(clip, config, pixels, kept).length());
    }

    /**
     * Returns how many videos of the model's length it takes.
     *
     * @param window frames of the model
     * @return with the first one, where there is no clip
     * @throws InvalidRequestException if the model makes no videos, or the overlap is too large
     */
    public int videos(int window) {
        return windows(window) + (clip == null ? 1 : 0);
    }

    /**
     * Returns how many frames a window has in common with the one before.
     *
     * @param window frames of the model, at least 2
     * @throws InvalidRequestException if that leaves no new frame, or the model makes no videos
     */
    int kept(int window) {
        if (window < 2) {
            throw new InvalidRequestException(
                    window == 0
                            ? "only videos can be extended, and the model makes pictures"
                            : "a video of one frame has none to go on from and to add");
        }
        if (overlap >= window) {
            throw new InvalidRequestException(
                    "an overlap of %s leaves no new frame in windows of %s; give less"
                            .formatted(overlap, window));
        }
        return overlap == 0 ? window / 2 : overlap;
    }

    /** Returns how many windows follow the first, or the clip. */
    int windows(int window) {
        int fresh = window - kept(window);
        return (frames + fresh - 1) / fresh;
    }
}
