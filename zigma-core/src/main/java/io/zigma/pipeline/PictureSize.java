package io.zigma.pipeline;

import io.zigma.condition.InvalidRequestException;

/**
 * A picture's sides.
 *
 * @param height rows, at least 1
 * @param width columns, at least 1
 */
public record PictureSize(int height, int width) {

    /**
     * Checks the sides.
     *
     * @throws InvalidRequestException if one is less than 1
     */
    public PictureSize {
        if (height < 1 || width < 1) {
            throw new InvalidRequestException(
                    "a picture has at least 1 row and column, not %s×%s".formatted(width, height));
        }
    }

    /** Returns width × height, as people say it. */
    @Override
    public String toString() {
        return width + "×" + height;
    }
}
