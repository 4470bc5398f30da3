package io.zigma.scan;

/**
 * The grid of tokens that a scan visits: frames × height × width, indexed frame by frame and row by
 * row.
 *
 * @param frames number of frames, 1 for an image
 * @param height tokens from top to bottom
 * @param width tokens from left to right
 */
public record Grid(int frames, int height, int width) {

    /**
     * Checks that every side has at least one token.
     *
     * @throws IllegalArgumentException if a side is not positive or the grid has more than 2³¹−1
     *     tokens
     */
    public Grid {
        if (frames < 1 || height < 1 || width < 1) {
            throw new IllegalArgumentException(
                    "a grid needs at least one token a side, not %s×%s×%s"
                            .formatted(frames, height, width));
        }
        try {
            Math.multiplyExact(Math.multiplyExact(frames, height), width);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "a grid of %s×%s×%s has too many tokens".formatted(frames, height, width), e);
        }
    }

    /**
     * Returns the grid of one image.
     *
     * @param height tokens from top to bottom
     * @param width tokens from left to right
     * @return a grid of one frame
     */
    public static Grid image(int height, int width) {
        return new Grid(1, height, width);
    }

    /**
     * Returns the number of tokens.
     *
     * @return frames × height × width
     */
    public int tokens() {
        return frames * height * width;
    }

    /**
     * Returns the index of the token in the first frame at a row and column.
     *
     * @param row from 0 at the top
     * @param column from 0 at the left
     * @return row × width + column
     */
    int at(int row, int column) {
        return row * width + column;
    }
}
