package io.zigma.pipeline;

import io.zigma.condition.InvalidRequestException;
import java.util.ArrayList;
import java.util.List;

/**
 * The margins to paint around a picture, in pixels of the result.
 *
 * @param left columns, at least 0
 * @param top rows, at least 0
 * @param right columns, at least 0
 * @param bottom rows, at least 0
 */
public record Margins(int left, int top, int right, int bottom) {

    /**
     * Checks the numbers.
     *
     * @throws InvalidRequestException if one is negative or all are 0
     */
    public Margins {
        if (left < 0 || top < 0 || right < 0 || bottom < 0) {
            throw new InvalidRequestException(
                    "margins are at least 0 pixels, not %s,%s,%s,%s"
                            .formatted(left, top, right, bottom));
        }
        if (Math.max(Math.max(left, top), Math.max(right, bottom)) == 0) {
            throw new InvalidRequestException("at least one margin must be above 0");
        }
    }

    /**
     * Reads four numbers.
     *
     * @param text such as {@code 8,0,8,0}: left, top, right, bottom
     * @return the margins
     * @throws InvalidRequestException if they are none
     */
    public static Margins parse(String text) {
        List<Integer> sides = new ArrayList<>();
        try {
            for (String side : text.split(",", -1)) {
                sides.add(Integer.valueOf(side.strip()));
            }
        } catch (NumberFormatException e) {
            throw new InvalidRequestException(wrong(text), e);
        }
        if (sides.size() != 4) {
            throw new InvalidRequestException(wrong(text));
        }
        return new Margins(sides.get(0), sides.get(1), sides.get(2), sides.get(3));
    }

    private static String wrong(String text) {
        return "margins are four whole numbers LEFT,TOP,RIGHT,BOTTOM such as 8,0,8,0, not '%s'"
                .formatted(text);
    }

    /**
     * Returns the size of what is inside.
     *
     * @param whole the size of the result
     * @throws InvalidRequestException if the margins leave nothing
     */
    PictureSize inside(PictureSize whole) {
        long width = (long) whole.width() - left - right;
        long height = (long) whole.height() - top - bottom;
        if (width < 1 || height < 1) {
            throw new InvalidRequestException(
                    "margins %s leave nothing of a picture of %s".formatted(this, whole));
        }
        return new PictureSize((int) height, (int) width);
    }

    /** Returns the numbers as {@link #parse} reads them. */
    @Override
    public String toString() {
        return "%s,%s,%s,%s".formatted(left, top, right, bottom);
    }
}
