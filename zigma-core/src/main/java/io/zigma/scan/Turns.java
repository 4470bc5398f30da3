package io.zigma.scan;

import java.util.List;
import java.util.stream.IntStream;

/** Layers that take turns with single paths. */
final class Turns {

    private Turns() {}

    /** Returns the plan in which layer i walks path i mod k. */
    static List<LayerScan> of(List<ScanPath> paths, int layers) {
        List<LayerScan> turns = paths.stream().<LayerScan>map(LayerScan.Along::new).toList();
        return IntStream.range(0, layers)
                .mapToObj(layer -> turns.get(layer % turns.size()))
                .toList();
    }
}
