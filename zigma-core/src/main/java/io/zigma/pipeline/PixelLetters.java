package io.zigma.pipeline;

import java.awt.Color;
import java.awt.Graphics2D;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Words drawn as pixels, the same on every machine: a small container has no fonts.
 *
 * <p>The letters are those of {@code letters.txt}: 5 pixels wide, 7 above the line and 2 below it.
 * Accents are left away, and what is in no such alphabet is a box.
 */
final class PixelLetters {

    /** Pixels above the line. */
    static final int ASCENT = 7;

    /** Pixels of a line in all. */
    static final int HEIGHT = 9;

    private static final int WIDTH = 5;
    private static final int ADVANCE = WIDTH + 1;
    private static final char BOX = '□';
    private static final char MORE = '…';

    private static final Map<Integer, List<String>> LETTERS = read();

    private PixelLetters() {}

    /** Returns how wide a text is, in pixels of a letter. */
    static int width(String text) {
        int letters = shown(text).length;
        return letters == 0 ? 0 : letters * ADVANCE - 1;
    }

    /** Shortens a text to a width, in pixels of a letter. */
    static String fitting(String text, int width) {
        if (width(text) <= width) {
            return text;
        }
        int[] letters = shown(text);
        int fitting = Math.max(0, (width + 1) / ADVANCE - 1);
        return new String(letters, 0, Math.min(fitting, letters.length)) + MORE;
    }

    /**
     * Draws a text.
     *
     * @param pen what to draw with
     * @param text any
     * @param left of the first letter
     * @param top of the line
     * @param scale pixels of the picture for one of a letter
     * @param colour of the letters
     */
    static void draw(Graphics2D pen, String text, int left, int top, int scale, Color colour) {
        pen.setColor(colour);
        int x = left;
        for (int letter : shown(text)) {
            List<String> rows =
                    Objects.requireNonNull(LETTERS.getOrDefault(letter, LETTERS.get((int) BOX)));
            for (int row = 0; row < HEIGHT; row++) {
                for (int column = 0; column < WIDTH; column++) {
                    if (rows.get(row).charAt(column) == '#') {
                        pen.fillRect(x + column * scale, top + row * scale, scale, scale);
                    }
                }
            }
            x += ADVANCE * scale;
        }
    }

    /** Takes accents off, which NFD writes behind their letters. */
    private static int[] shown(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFD)
                .codePoints()
                .filter(c -> Character.getType(c) != Character.NON_SPACING_MARK)
                .map(c -> c == '’' ? '\'' : c)
                .toArray();
    }

    private static Map<Integer, List<String>> read() {
        List<String> lines;
        try (InputStream stream =
                Objects.requireNonNull(PixelLetters.class.getResourceAsStream("letters.txt"))) {
            lines = new String(stream.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<Integer, List<String>> letters = new HashMap<>();
        letters.put((int) ' ', List.of(".....".repeat(HEIGHT).split("(?<=\\G.{5})")));
        for (int from = 0; from < lines.size(); from += HEIGHT + 1) {
            int[] names = lines.get(from).codePoints().toArray();
            for (int i = 0; i < names.length; i++) {
                int left = i * ADVANCE;
                letters.put(
                        names[i],
                        lines.subList(from + 1, from + 1 + HEIGHT).stream()
                                .map(row -> row.substring(left, left + WIDTH))
                                .toList());
            }
        }
        return letters;
    }
}
