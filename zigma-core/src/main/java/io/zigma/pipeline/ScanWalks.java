package io.zigma.pipeline;

import io.zigma.pipeline.ScanDrawing.Panel;
import io.zigma.scan.Grid;
import io.zigma.scan.LayerScan;
import io.zigma.scan.ScanPath;
import io.zigma.scan.ScanPlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The different walks of a scan scheme, with the layers that walk each.
 *
 * @param panels what to draw, in the order in which the layers come to them
 * @param layers for each panel the numbers of its layers, from 0
 */
public record ScanWalks(List<Panel> panels, List<List<Integer>> layers) {

    /** Copies the lists. */
    public ScanWalks {
        panels = List.copyOf(panels);
        layers = List.copyOf(layers);
    }

    /**
     * Collects the walks of a scheme. A layer of several directions has several walks; one that
     * walks frame by frame, or place by place through time, has that part's walk.
     *
     * @param plan the scans of a model
     * @return each walk once
     */
    public static ScanWalks of(ScanPlan plan) {
        Map<Panel, List<Integer>> walks = new LinkedHashMap<>();
        for (int layer = 0; layer < plan.layers().size(); layer++) {
            for (Panel panel : plan.layers().get(layer).choose(new Panels(plan.grid()))) {
                walks.computeIfAbsent(panel, first -> new ArrayList<>()).add(layer);
            }
        }
        return new ScanWalks(
                List.copyOf(walks.keySet()), walks.values().stream().map(List::copyOf).toList());
    }

    /**
     * What each kind of scan walks on.
     *
     * @param grid all tokens
     */
    private record Panels(Grid grid) implements LayerScan.Cases<List<Panel>> {

        @Override
        public List<Panel> along(LayerScan.Along scan) {
            return over(grid, scan);
        }

        @Override
        public List<Panel> bothWays(LayerScan.BothWays scan) {
            return over(grid, scan);
        }

        @Override
        public List<Panel> sideBySide(LayerScan.SideBySide scan) {
            return over(grid, scan);
        }

        @Override
        public List<Panel> withinFrames(LayerScan.WithinFrames scan) {
            return over(Grid.image(grid.height(), grid.width()), scan);
        }

        /** The frames in a row, a token each. */
        @Override
        public List<Panel> throughTime(LayerScan.ThroughTime scan) {
            return over(new Grid(1, 1, grid.frames()), scan);
        }

        private static List<Panel> over(Grid part, LayerScan scan) {
            List<Panel> panels = new ArrayList<>();
            for (ScanPath path : scan.paths()) {
                panels.add(new Panel(part, path));
            }
            return panels;
        }
    }
}
