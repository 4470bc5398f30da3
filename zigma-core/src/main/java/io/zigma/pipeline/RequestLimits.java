package io.zigma.pipeline;

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
