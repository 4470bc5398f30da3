package io.zigma.scan;

import java.util.List;

/**
 * Which scan paths the layers of a model have (ZigMa 2024, section 3.2); it gives each layer its
 * {@link LayerScan}.
 *
 * <p>Every scheme fits any grid, images and videos of any height, width and number of frames. It
 * has one spelling, in files as on the command line.
 */
public sealed interface ScanScheme
        permits Sweep, Zigzag, Hilbert, RandomOrder, Bidirectional, Parallel, Factorised {

    /**
     * Returns the scan of every layer.
     *
     * @param grid the grid of tokens
     * @param layers how many layers the model has
     * @return {@code layers} scans over all tokens of the grid
     */
    List<LayerScan> plan(Grid grid, int layers);

    /**
     * Returns the scheme's one spelling.
     *
     * @return such as {@code zigzag-8}
     */
    String spelling();

    /**
     * Reads a spelling.
     *
     * @param text such as {@code zigzag-8}
     * @return the scheme
     * @throws IllegalArgumentException listing the right spellings if this is none
     */
    static ScanScheme parse(String text) {
        return ScanSpelling.parse(text);
    }

    /**
     * Returns how schemes are spelled, for help and messages.
     *
     * @return such as {@code zigzag-N}, where N is a number; in the order of their kinds
     */
    static List<String> spellings() {
        return ScanSpelling.shapes();
    }
}
