package io.zigma.pipeline;

import io.zigma.base.SampleShape;
import io.zigma.condition.InvalidRequestException;
import java.util.Map;

/**
 * How much one external request may ask for, so that no client occupies a server for hours.
 *
 * @param maxCount pictures, at least 1
 * @param maxSteps steps a picture, at least 1
 */
public record RequestLimits(int maxCount, int maxSteps) {

    private static final int COUNT = 16;
    private static final int STEPS = 250;

    /** So much where nothing else is said. */
    public static final RequestLimits STANDARD = new RequestLimits(COUNT, STEPS);

    /**
     * Checks the numbers.
     *
     * @throws InvalidRequestException if one is less than 1
     */
    public RequestLimits {
        if (maxCount < 1 || maxSteps < 1) {
            throw new InvalidRequestException(
                    "a server must allow at least 1 picture and 1 step, not maxCount %s and maxSteps %s"
                            .formatted(maxCount, maxSteps));
        }
    }

    /**
     * Refuses videos that go on for too long: each window takes as long as a video, and counts as
     * one.
     *
     * @param request what is asked for
     * @param sample the model's
     * @throws InvalidRequestException if there are more than {@code maxCount}
     */
    public void requireWindows(GenerationRequest request, SampleShape sample) {
        Extension extension = request.extension();
        if (extension == null) {
            return;
        }
        long videos = (long) extension.videos(sample.frames()) * request.prompts().size();
        if (videos > maxCount) {
            throw new InvalidRequestException(
                    "these videos take as long as %s of %s frames, and a request may ask for %s here; extend them by less, or with less overlap"
                            .formatted(videos, sample.frames(), maxCount));
        }
    }

    /**
     * Reads the arguments {@code maxCount} and {@code maxSteps}.
     *
     * @param arguments by name, numbers or their text
     * @return the limits
     * @throws InvalidRequestException if one is no number, or less than 1
     */
    public static RequestLimits of(Map<String, ?> arguments) {
        Integer count = RequestDefaults.number(arguments, "maxCount", Integer::valueOf);
        Integer steps = RequestDefaults.number(arguments, "maxSteps", Integer::valueOf);
        return new RequestLimits(count == null ? COUNT : count, steps == null ? STEPS : steps);
    }
}
