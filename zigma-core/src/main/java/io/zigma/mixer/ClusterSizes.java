package io.zigma.mixer;

import io.zigma.base.Setting;
import io.zigma.base.Settings;
import io.zigma.scan.Grid;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The sizes of a Context Cluster. The official code calls rows w and columns h, and cuts a map only
 * where both folds exceed 1.
 *
 * @param heads how many parts the inner channels have
 * @param headSize channels of a head
 * @param centreRows centres of a region from top to bottom ({@code proposal_w})
 * @param centreColumns centres of a region from left to right ({@code proposal_h})
 * @param regionRows regions from top to bottom ({@code fold_w})
 * @param regionColumns regions from left to right ({@code fold_h})
 */
record ClusterSizes(
        int heads,
        int headSize,
        int centreRows,
        int centreColumns,
        int regionRows,
        int regionColumns) {

    private static final int MOST = 1 << 10;

    private static final Setting HEADS =
            Setting.whole("heads", "heads of the clusters", 4, 1, MOST);
    private static final Setting HEAD_SIZE =
            Setting.whole("head-size", "channels of a head", 24, 1, MOST);
    private static final Setting CENTRE_ROWS =
            Setting.whole("centre-rows", "centres of a region from top to bottom", 2, 1, MOST);
    private static final Setting CENTRE_COLUMNS =
            Setting.whole("centre-columns", "centres of a region from left to right", 2, 1, MOST);
    private static final Setting REGION_ROWS =
            Setting.whole("region-rows", "regions from top to bottom", 2, 1, MOST);
    private static final Setting REGION_COLUMNS =
            Setting.whole("region-columns", "regions from left to right", 2, 1, MOST);

    /** What users choose of them. */
    static final List<Setting> SETTINGS =
            List.of(HEADS, HEAD_SIZE, CENTRE_ROWS, CENTRE_COLUMNS, REGION_ROWS, REGION_COLUMNS);

    ClusterSizes {
        if (heads < 1
                || headSize < 1
                || centreRows < 1
                || centreColumns < 1
                || regionRows < 1
                || regionColumns < 1) {
            throw new IllegalArgumentException(
                    "clusters need heads, channels, centres and regions of 1 or more");
        }
    }

    static ClusterSizes of(Settings values) {
        return new ClusterSizes(
                values.whole(HEADS),
                values.whole(HEAD_SIZE),
                values.whole(CENTRE_ROWS),
                values.whole(CENTRE_COLUMNS),
                values.whole(REGION_ROWS),
                values.whole(REGION_COLUMNS));
    }

    Map<String, String> settings() {
        Map<String, String> values = new LinkedHashMap<>();
        values.put(HEADS.name(), Integer.toString(heads));
        values.put(HEAD_SIZE.name(), Integer.toString(headSize));
        values.put(CENTRE_ROWS.name(), Integer.toString(centreRows));
        values.put(CENTRE_COLUMNS.name(), Integer.toString(centreColumns));
        values.put(REGION_ROWS.name(), Integer.toString(regionRows));
        values.put(REGION_COLUMNS.name(), Integer.toString(regionColumns));
        return values;
    }

    /** Returns whether a map is cut at all. */
    private boolean cuts() {
        return regionRows > 1 && regionColumns > 1;
    }

    Regions regions(Grid grid) {
        return cuts()
                ? new Regions(grid, heads, regionRows, regionColumns)
                : new Regions(grid, heads, 1, 1);
    }

    void check(String mixer, Grid grid) {
        MapGrid.requireOneFrame(mixer, grid);
        if (cuts()) {
            MapGrid.requireParts(
                    mixer, grid, regionRows, regionColumns, "region-rows and region-columns");
        }
    }
}
