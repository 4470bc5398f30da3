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
 * The different scan paths of a scheme, with the layers that have each.
 *
 * @param panels the paths to draw, in the order of the first layer of each
 * @param layers for each panel the indices of its layers, from 0
 */
public record ScanPanels(List<Panel> panels, List<List<Integer>> layers) {

    /** Copies the lists. */
    public ScanPanels {
        panels = List.copyOf(panels);
        layers = List.copyOf(layers);
    }

    /**
     * Collects the scan paths of a scheme. A layer of several directions has several paths; one
     * that scans frame by frame, or through time at each position, has the path of that part.
     *
     * @param plan the scans of a model
     * @return each path once
     */
    public static ScanPanels of(ScanPlan plan) {
        Map<Panel, List<Integer>> panels = new LinkedHashMap<>();
        for (int layer = 0; layer < plan.layers().size(); layer++) {
            for (Panel panel : plan.layers().get(layer).choose(new Panels(plan.grid()))) {
                panels.computeIfAbsent(panel, first -> new ArrayList<>()).add(layer);
            }
        }
        return new ScanPanels(
                List.copyOf(panels.keySet()), panels.values().stream().map(List::copyOf).toList());
    }

    /**
     * The panels of each kind of scan.
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
