package io.zigma.scan;

import java.util.List;
import java.util.stream.IntStream;

/** Layers that cycle through single paths. */
final class CyclicPlan {

    private CyclicPlan() {}

    /** Returns the plan in which layer i scans along path i mod k. */
    static List<LayerScan> of(List<ScanPath> paths, int layers) {
        List<LayerScan> scans = paths.stream().<LayerScan>map(LayerScan.Along::new).toList();
        return IntStream.range(0, layers)
                .mapToObj(layer -> scans.get(layer % scans.size()))
                .toList();
    }
}
