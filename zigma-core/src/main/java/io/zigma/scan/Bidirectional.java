package io.zigma.scan;

import java.util.Collections;
import java.util.List;

/**
 * The raster sweep forward and backward in every layer, each direction with weights of its own (Vim
 * 2024; official {@code v2}).
 */
public record Bidirectional() implements ScanScheme {

    @Override
    public List<LayerScan> plan(Grid grid, int layers) {
        return Collections.nCopies(
                layers, new LayerScan.BothWays(ScanPath.straight(grid.tokens())));
    }

    @Override
    public String spelling() {
        return "bidirectional";
    }
}
