package io.zigma.scan;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Layers that cycle through the first k of the eight rotations and reflections of a Hilbert curve,
 * on rectangles of any size.
 *
 * <p>{@link Fidelity#CORRECT} follows the curve: consecutive tokens are always neighbours, and in a
 * video each frame's curve is the reverse of the last one's. {@link Fidelity#COMPATIBLE} is the
 * official {@code hilbertN1} … {@code hilbertN8}, which uses the inverse of the permutation in
 * place of the permutation, so that consecutive tokens are not neighbours.
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
                        .mapToObj(index -> Frames.chain(frame(grid, index), grid, index))
                        .toList();
        return CyclicPlan.of(curves, layers);
    }

    private ScanPath frame(Grid grid, int index) {
        return fidelity == Fidelity.CORRECT
                ? HilbertCurve.followed(grid.height(), grid.width(), index)
                : HilbertCurve.published(grid.height(), grid.width(), index);
    }

    @Override
    public String spelling() {
        return (fidelity == Fidelity.CORRECT ? "hilbert-" : "hilbert-compatible-") + count;
    }
}
