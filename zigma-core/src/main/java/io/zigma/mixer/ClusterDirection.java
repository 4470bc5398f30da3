package io.zigma.mixer;

import io.zigma.scan.CrossScan;
import io.zigma.scan.Fidelity;
import io.zigma.scan.Grid;
import io.zigma.scan.LayerScan;
import io.zigma.scan.ScanPath;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One word of a {@link CcVim}'s list of directions.
 *
 * @param kind which path
 * @param clusters of {@link Kind#CLUSTERS}: centres of a window from top to bottom, and as many
 *     from left to right; else 0
 */
record ClusterDirection(Kind kind, int clusters) {

    private static final int MOST_CLUSTERS = 1 << 10;

    /** What a direction reads. */
    enum Kind {
        /** Row by row. */
        ROWS("h"),
        /** The same backwards. */
        ROWS_BACK("h-flip"),
        /** Column by column. */
        COLUMNS("v"),
        /** The same backwards. */
        COLUMNS_BACK("v-flip"),
        /** The clusters' result row by row. */
        CLUSTERS("cN"),
        /** Along what the model's scan scheme gives the layer; ours. */
        SCAN("scan");

        private final String word;

        Kind(String word) {
            this.word = word;
        }
    }

    /** Returns all words, for help. */
    static String words() {
        return Arrays.stream(Kind.values())
                .map(kind -> kind.word)
                .collect(Collectors.joining(", "));
    }

    /**
     * Reads a word.
     *
     * @throws IllegalArgumentException if there is no such direction
     */
    static ClusterDirection parse(String word) {
        if (word.matches("c[1-9]\\d{0,3}")) {
            int clusters = Integer.parseInt(word.substring(1));
            if (clusters <= MOST_CLUSTERS) {
                return new ClusterDirection(Kind.CLUSTERS, clusters);
            }
        }
        return Arrays.stream(Kind.values())
                .filter(kind -> kind != Kind.CLUSTERS && kind.word.equals(word))
                .findFirst()
                .map(kind -> new ClusterDirection(kind, 0))
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "there is no direction '%s'; there are %s, with N from 1 to %s, joined by +"
                                                .formatted(word, words(), MOST_CLUSTERS)));
    }

    String word() {
        return kind == Kind.CLUSTERS ? "c" + clusters : kind.word;
    }

    boolean isClustered() {
        return kind == Kind.CLUSTERS;
    }

    /** Returns the direction on a map, of which the layer's scan may make several. */
    List<MapDirection> on(Grid grid, LayerScan scan, Fidelity fidelity) {
        ScanPath rows = ScanPath.straight(grid.tokens());
        ScanPath columns = CrossScan.columns(grid);
        return switch (kind) {
            case ROWS -> List.of(new MapDirection(rows));
            case ROWS_BACK -> List.of(new MapDirection(rows.reversed()));
            case COLUMNS -> List.of(ofColumns(columns, columns, fidelity));
            case COLUMNS_BACK -> List.of(ofColumns(columns.reversed(), columns, fidelity));
            case CLUSTERS -> List.of(new MapDirection(rows, true, null));
            case SCAN -> scan.paths().stream().map(MapDirection::new).toList();
        };
    }

    /**
     * The published code puts results back by the permutation that it read them by, the inverse
     * only of a square map: token i of its result is step columns(i), which belongs to token
     * columns(columns(i)).
     */
    private static MapDirection ofColumns(ScanPath path, ScanPath columns, Fidelity fidelity) {
        if (fidelity == Fidelity.CORRECT) {
            return new MapDirection(path);
        }
        int[] order = columns.order();
        int[] twice = Arrays.stream(order).map(token -> order[token]).toArray();
        return new MapDirection(path, false, ScanPath.of(twice));
    }
}
