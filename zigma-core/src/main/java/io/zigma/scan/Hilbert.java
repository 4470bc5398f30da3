package io.zigma.scan;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The first k of the eight mirror images and turns of a Hilbert curve in turns, on rectangles of
 * any size.
 *
 * <p>{@link Fidelity#CORRECT} follows the curve: consecutive tokens are always neighbours, and in a
 * video each frame's curve goes back the way that the last one came. {@link Fidelity#COMPATIBLE} is
 * the official {@code hilbertN1} … {@code hilbertN8}, which takes the table that tells when a token
 * is visited for the table of which token to visit, and so jumps about.
 *
 * @param count how many curves k, 1 to 8
 * @param fidelity whether to follow the curve or the official code
 */
public record Hilbert(int count, Fidelity fidelity) implements ScanScheme {

    /**
     * Checks the count.
     *
     * @throws IllegalArgumentException if it is not 1 to 8
     */
    public Hilbert {
        if (count < 1 || count > HilbertCurve.COUNT) {
            throw new IllegalArgumentException(
                    "a Hilbert curve has 1 to 8 symmetries, not %s".formatted(count));
        }
    }

    @Override
    public List<LayerScan> plan(Grid grid, int layers) {
        List<ScanPath> curves =
                IntStream.range(0, count)
                        .mapToObj(number -> Frames.chain(frame(grid, number), grid, number))
                        .toList();
        return Turns.of(curves, layers);
    }

    private ScanPath frame(Grid grid, int number) {
        return fidelity == Fidelity.CORRECT
                ? HilbertCurve.followed(grid.height(), grid.width(), number)
                : HilbertCurve.published(grid.height(), grid.width(), number);
    }

    @Override
    public String spelling() {
        return (fidelity == Fidelity.CORRECT ? "hilbert-" : "hilbert-compatible-") + count;
    }
}
