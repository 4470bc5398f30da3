package io.zigma.scan;

import java.util.List;

/**
 * How one layer scans the tokens: along which paths, and over all of them or part by part.
 *
 * <p>Tokens are indexed frame by frame and row by row, as in {@link Grid}.
 */
public sealed interface LayerScan {

    /**
     * Returns the number of tokens that the layer takes.
     *
     * @return L, all tokens of the grid
     */
    int tokens();

    /**
     * Returns the paths of which the layer consists, each over the tokens of one sequence.
     *
     * @return one path or more
     */
    List<ScanPath> paths();

    /**
     * Calls the case of this kind of scan.
     *
     * @param cases one function for each kind
     * @param <R> type of the result
     * @return what the case of this kind returned
     */
    <R> R choose(Cases<R> cases);

    /**
     * One function for each kind of scan.
     *
     * @param <R> type of the result
     */
    interface Cases<R> {
        /**
         * Handles a scan along one path.
         *
         * @param scan the scan
         * @return the result
         */
        R along(Along scan);

        /**
         * Handles a scan forward and backward.
         *
         * @param scan the scan
         * @return the result
         */
        R bothWays(BothWays scan);

        /**
         * Handles scans side by side.
         *
         * @param scan the scans
         * @return the result
         */
        R sideBySide(SideBySide scan);

        /**
         * Handles a scan within each frame.
         *
         * @param scan the scan
         * @return the result
         */
        R withinFrames(WithinFrames scan);

        /**
         * Handles a scan through time at each position.
         *
         * @param scan the scan
         * @return the result
         */
        R throughTime(ThroughTime scan);
    }

    /**
     * One path over all tokens (ZigMa 2024, equation 1).
     *
     * @param path the order of the tokens
     */
    record Along(ScanPath path) implements LayerScan {
        @Override
        public int tokens() {
            return path.length();
        }

        @Override
        public List<ScanPath> paths() {
            return List.of(path);
        }

        @Override
        public <R> R choose(Cases<R> cases) {
            return cases.along(this);
        }
    }

    /**
     * A path over all tokens forward and backward, each direction with weights of its own (Vim
     * 2024; official {@code v2}).
     *
     * @param path the forward direction
     */
    record BothWays(ScanPath path) implements LayerScan {
        @Override
        public int tokens() {
            return path.length();
        }

        @Override
        public List<ScanPath> paths() {
            return List.of(path, path.reversed());
        }

        @Override
        public <R> R choose(Cases<R> cases) {
            return cases.bothWays(this);
        }
    }

    /**
     * Several paths over all tokens at the same time, each with weights of its own: the k-Mamba
     * that the paper compares with (ZigMa 2024, section 3.2; official {@code parallelN}).
     *
     * @param paths one path or more over the same tokens
     */
    record SideBySide(List<ScanPath> paths) implements LayerScan {

        /**
         * Copies and checks the paths.
         *
         * @throws IllegalArgumentException if there is none or their lengths differ
         */
        public SideBySide {
            paths = List.copyOf(paths);
            if (paths.stream().mapToInt(ScanPath::length).distinct().count() != 1) {
                throw new IllegalArgumentException(
                        "paths side by side must be one or more over the same number of tokens");
            }
        }

        @Override
        public int tokens() {
            return paths.get(0).length();
        }

        @Override
        public <R> R choose(Cases<R> cases) {
            return cases.sideBySide(this);
        }
    }

    /**
     * One path over the tokens of a frame, in each frame separately (ZigMa 2024, section 3.3, the
     * factorised model's {@code s}).
     *
     * @param frames number of frames F
     * @param path the order of a frame's H · W tokens
     */
    record WithinFrames(int frames, ScanPath path) implements LayerScan {
        @Override
        public int tokens() {
            return frames * path.length();
        }

        @Override
        public List<ScanPath> paths() {
            return List.of(path);
        }

        @Override
        public <R> R choose(Cases<R> cases) {
            return cases.withinFrames(this);
        }
    }

    /**
     * One path over the frames, at each position of a frame separately (ZigMa 2024, section 3.3,
     * the factorised model's {@code t}).
     *
     * @param path the order of the F frames
     * @param positions number H · W of positions in a frame
     * @param fidelity the official code scatters results along the reversed path, so that they come
     *     out with time mirrored; {@link Fidelity#COMPATIBLE} does the same
     */
    record ThroughTime(ScanPath path, int positions, Fidelity fidelity) implements LayerScan {
        @Override
        public int tokens() {
            return path.length() * positions;
        }

        @Override
        public List<ScanPath> paths() {
            return List.of(path);
        }

        /**
         * Returns whether results come out with time mirrored.
         *
         * @return true for the official code's bug
         */
        public boolean mirrored() {
            return fidelity == Fidelity.COMPATIBLE;
        }

        /**
         * Returns the path along which results are scattered to their tokens.
         *
         * @return the path itself, or its reverse where results come out mirrored
         */
        public ScanPath written() {
            return mirrored() ? path.reversed() : path;
        }

        @Override
        public <R> R choose(Cases<R> cases) {
            return cases.throughTime(this);
        }
    }
}
