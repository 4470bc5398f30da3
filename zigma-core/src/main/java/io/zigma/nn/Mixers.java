package io.zigma.nn;

import io.zigma.scan.LayerScan;

/**
 * Makes the mixer of each kind of scan.
 *
 * @param hiddenSize channels D of input and output
 * @param config inner sizes
 */
public record Mixers(int hiddenSize, MambaConfig config) implements LayerScan.Cases<UnaryBlock> {

    /**
     * Creates the mixer that scans as a layer's plan says.
     *
     * @param scan the plan
     * @return a block from (B, L, D) to (B, L, D), in raster order
     */
    public UnaryBlock of(LayerScan scan) {
        return scan.choose(this);
    }

    @Override
    public UnaryBlock along(LayerScan.Along scan) {
        return new MambaMixer(hiddenSize, config, scan.path());
    }

    @Override
    public UnaryBlock bothWays(LayerScan.BothWays scan) {
        return MambaMixer.bothWays(hiddenSize, config, scan.path());
    }

    @Override
    public UnaryBlock sideBySide(LayerScan.SideBySide scan) {
        return MambaMixer.sideBySide(hiddenSize, config, scan.paths());
    }

    @Override
    public UnaryBlock withinFrames(LayerScan.WithinFrames scan) {
        return new FrameMixer(hiddenSize, config, scan.frames(), scan.path());
    }

    @Override
    public UnaryBlock throughTime(LayerScan.ThroughTime scan) {
        return new TimeMixer(hiddenSize, config, scan.path(), scan.mirrored());
    }
}
