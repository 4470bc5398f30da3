package io.zigma.scan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Layers that scan either within each frame of a video or through time at each position (ZigMa
 * 2024, section 3.3; official {@code zzvideo_sst} and the like).
 *
 * <p>Entry i mod length of the pattern gives the axis of layer i. Layers within frames cycle
 * through the eight zigzags; layers through time alternate between forward and backward.
 *
 * @param pattern the axes that the layers scan along, 1 to 64 entries
 * @param fidelity {@link Fidelity#COMPATIBLE} returns the result of every scan through time
 *     mirrored in time, as the official code does
 */
public record Factorised(List<Axis> pattern, Fidelity fidelity) implements ScanScheme {

    static final int LONGEST = 64;

    /** The axis that a layer scans along. */
    public enum Axis {
        /** The positions of a frame, in each frame separately: {@code s}. */
        SPACE('s'),
        /** The frames, at each position separately: {@code t}. */
        TIME('t');

        private final char letter;

        Axis(char letter) {
            this.letter = letter;
        }
    }

    /**
     * Copies and checks the pattern.
     *
     * @throws IllegalArgumentException if it has no entry or too many
     */
    public Factorised {
        pattern = List.copyOf(pattern);
        if (pattern.isEmpty() || pattern.size() > LONGEST) {
            throw new IllegalArgumentException(
                    "a factorised scan's pattern has 1 to %s letters s and t, not %s"
                            .formatted(LONGEST, pattern.size()));
        }
    }

    /**
     * Makes a scheme from a pattern's letters.
     *
     * @param letters s for space and t for time, such as {@code sst}
     * @param fidelity whether the official code's bug is reproduced
     * @return the scheme
     * @throws IllegalArgumentException if a letter is neither, or there are none or too many
     */
    public static Factorised of(String letters, Fidelity fidelity) {
        return new Factorised(letters.chars().mapToObj(Factorised::axis).toList(), fidelity);
    }

    @Override
    public List<LayerScan> plan(Grid grid, int layers) {
        List<ScanPath> zigzags =
                ZigzagPaths.first(ZigzagPaths.COUNT, Grid.image(grid.height(), grid.width()));
        ScanPath forwards = ScanPath.straight(grid.frames());
        List<ScanPath> times = List.of(forwards, forwards.reversed());
        int inSpace = 0;
        int inTime = 0;
        List<LayerScan> plan = new ArrayList<>(layers);
        for (int layer = 0; layer < layers; layer++) {
            plan.add(
                    switch (pattern.get(layer % pattern.size())) {
                        case SPACE ->
                                new LayerScan.WithinFrames(
                                        grid.frames(), zigzags.get(inSpace++ % zigzags.size()));
                        case TIME ->
                                new LayerScan.ThroughTime(
                                        times.get(inTime++ % times.size()),
                                        grid.height() * grid.width(),
                                        fidelity);
                    });
        }
        return plan;
    }

    /**
     * Returns the pattern's letters.
     *
     * @return such as {@code sst}
     */
    public String letters() {
        return pattern.stream()
                .map(axis -> String.valueOf(axis.letter))
                .collect(Collectors.joining());
    }

    @Override
    public String spelling() {
        return (fidelity == Fidelity.CORRECT ? "factorised-" : "factorised-compatible-")
                + letters();
    }

    private static Axis axis(int letter) {
        return Arrays.stream(Axis.values())
                .filter(axis -> axis.letter == letter)
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "a factorised scan's pattern has letters s and t, not '%c'"
                                                .formatted(letter)));
    }
}
