package io.zigma.scan;

import java.util.List;

/**
 * How the layers of one model scan its tokens.
 *
 * @param name the scheme as it is spelled, such as {@code zigzag-8}
 * @param grid the grid of tokens
 * @param layers one scan a layer
 */
public record ScanPlan(String name, Grid grid, List<LayerScan> layers) {

    /** Copies the list. */
    public ScanPlan {
        layers = List.copyOf(layers);
    }

    /**
     * Plans a model's scans.
     *
     * @param scheme the scheme
     * @param grid the grid of tokens
     * @param depth number of layers
     * @return the plan
     * @throws IllegalArgumentException if the scheme does not fit the grid
     */
    public static ScanPlan of(ScanScheme scheme, Grid grid, int depth) {
        return new ScanPlan(scheme.spelling(), grid, scheme.plan(grid, depth));
    }
}
