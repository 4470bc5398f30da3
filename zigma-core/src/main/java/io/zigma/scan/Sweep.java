package io.zigma.scan;

import java.util.Collections;
import java.util.List;

/**
 * Row by row from the top left, frame by frame, in every layer, jumping back at each row's end; the
 * paper's baseline (official {@code v1}).
 */
public record Sweep() implements ScanScheme {

    @Override
    public List<LayerScan> plan(Grid grid, int layers) {
        return Collections.nCopies(layers, new LayerScan.Along(ScanPath.straight(grid.tokens())));
    }

    @Override
    public String spelling() {
        return "sweep";
    }
}
