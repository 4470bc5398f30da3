package io.zigma.media;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the frames of a clip stand in one picture: row by row in cells of one size.
 *
 * @param rows of cells
 * @param columns of cells
 * @param count how many cells hold a frame, the first ones
 */
public record SpriteSheet(int rows, int columns, int count) {

    private static final Pattern TEXT = Pattern.compile("(\\d{1,4})[x×](\\d{1,4})(?::(\\d{1,7}))?");

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if there is no cell, or there are fewer than frames
     */
    public SpriteSheet {
        if (rows < 1 || columns < 1 || count < 1 || count > (long) rows * columns) {
            throw new IllegalArgumentException(
                    "a sheet of %s rows and %s columns cannot hold %s frames"
                            .formatted(rows, columns, count));
        }
    }

    /**
     * Reads a grid.
     *
     * @param text rows and columns as {@code 4x8}, or with the number of frames as {@code 4x8:30}
     * @return the sheet
     * @throws IllegalArgumentException if it is none
     */
    public static SpriteSheet parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "a sheet is rows and columns such as 4x8, or 4x8:30 for 30 frames, not '%s'"
                            .formatted(text));
        }
        int rows = Integer.parseInt(matcher.group(1));
        int columns = Integer.parseInt(matcher.group(2));
        int count = matcher.group(3) == null ? rows * columns : Integer.parseInt(matcher.group(3));
        return new SpriteSheet(rows, columns, count);
    }

    /** Returns the text that {@link #parse} reads. */
    @Override
    public String toString() {
        return count == rows * columns
                ? "%sx%s".formatted(rows, columns)
                : "%sx%s:%s".formatted(rows, columns, count);
    }

    /** Refuses a picture that has no whole cells. */
    void requireDivides(Picture sheet) throws MediaException {
        if (sheet.width() % columns != 0 || sheet.height() % rows != 0) {
            throw new MediaException(
                    "a sheet of %s×%s pixels has no %s whole columns and %s whole rows"
                            .formatted(sheet.width(), sheet.height(), columns, rows));
        }
    }

    /** Returns a cell of a picture, counted from 0. */
    Picture cell(Picture sheet, int number) {
        int width = sheet.width() / columns;
        int height = sheet.height() / rows;
        int left = number % columns * width;
        int top = number / columns * height;
        float[] line = new float[sheet.width() * sheet.channels()];
        return new Picture() {
            @Override
            public int width() {
                return width;
            }

            @Override
            public int height() {
                return height;
            }

            @Override
            public int channels() {
                return sheet.channels();
            }

            @Override
            public void row(int y, float[] row) {
                sheet.row(top + y, line);
                for (int c = 0; c < channels(); c++) {
                    System.arraycopy(line, c * sheet.width() + left, row, c * width, width);
                }
            }
        };
    }
}
