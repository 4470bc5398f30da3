package io.zigma.nn;

import io.zigma.scan.Grid;
import io.zigma.scan.LayerScan;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The shape of a Mamba mixer (Gu and Dao 2023, section 3.4; official {@code ssm_cfg}).
 *
 * @param stateSize states N a channel, 16 as published
 * @param convolutionWidth taps K of the causal convolution, 4 as published
 * @param expand inner channels a model channel, E = expand · D, 2 as published
 * @param dtRank rank R of the projection to Δ; 0 means ⌈D / 16⌉
 * @param convolutionBias whether the convolution has a bias, true as published
 * @param projectionBias whether the input and output projections have one, false as published
 */
public record MambaConfig(
        int stateSize,
        int convolutionWidth,
        int expand,
        int dtRank,
        boolean convolutionBias,
        boolean projectionBias)
        implements MixerSpec {

    /** The published mixer: 16 states, 4 taps, expansion 2, rank ⌈D / 16⌉. */
    public static final MambaConfig PUBLISHED = new MambaConfig(16, 4, 2, 0, true, false);

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if a size is out of range
     */
    public MambaConfig {
        if (stateSize < 1 || convolutionWidth < 1 || expand < 1 || dtRank < 0) {
            throw new IllegalArgumentException(
                    ("a Mamba mixer needs at least 1 state, 1 tap, expansion 1 and rank 0 (automatic), "
                                    + "not %s, %s, %s and %s")
                            .formatted(stateSize, convolutionWidth, expand, dtRank));
        }
    }

    /**
     * Returns the number of inner channels.
     *
     * @param hiddenSize the model's channels D
     * @return E = expand · D
     */
    public int innerSize(int hiddenSize) {
        return expand * hiddenSize;
    }

    /**
     * Returns the rank of the projection to Δ.
     *
     * @param hiddenSize the model's channels D
     * @return R, the configured one or ⌈D / 16⌉
     */
    public int dtRank(int hiddenSize) {
        return dtRank > 0 ? dtRank : (hiddenSize + 15) / 16;
    }

    @Override
    public String name() {
        return "mamba";
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("states", Integer.toString(stateSize));
        values.put("convolution-width", Integer.toString(convolutionWidth));
        values.put("expand", Integer.toString(expand));
        values.put("dt-rank", Integer.toString(dtRank));
        values.put("convolution-bias", Boolean.toString(convolutionBias));
        values.put("projection-bias", Boolean.toString(projectionBias));
        return values;
    }

    /** Any grid will do, of images or of videos. */
    @Override
    public void check(int hiddenSize, Grid grid) {}

    @Override
    public UnaryBlock create(int hiddenSize, Grid grid, LayerScan scan) {
        return new Mixers(hiddenSize, this).of(scan);
    }

    @Override
    public Optional<LayerScan> scan(Grid grid, LayerScan scan) {
        return Optional.of(scan);
    }

    @Override
    public boolean followsScan() {
        return true;
    }

    @Override
    public Optional<MambaConfig> mamba() {
        return Optional.of(this);
    }
}
