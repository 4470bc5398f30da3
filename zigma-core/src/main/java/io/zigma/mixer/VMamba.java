package io.zigma.mixer;

import ai.djl.ndarray.types.Shape;
import io.zigma.base.Setting;
import io.zigma.base.Settings;
import io.zigma.base.Spelling;
import io.zigma.nn.MixerSpec;
import io.zigma.nn.UnaryBlock;
import io.zigma.scan.CrossScan;
import io.zigma.scan.Grid;
import io.zigma.scan.LayerScan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * VMamba's 2-D selective scan: four directions in every layer (Liu et al. 2024; official {@code
 * SS2D}, forward types v0 to v05 and, without a gate, v05_noz).
 *
 * @param sizes inner sizes
 * @param gate whether the result is gated
 * @param directions the four paths
 */
record VMamba(ScanSizes sizes, boolean gate, CrossScan directions) implements MixerSpec {

    private static final Setting GATE = Setting.flag("gate", "whether the result is gated", true);
    private static final Setting DIRECTIONS =
            Setting.choice(
                    "directions",
                    "the four paths of a layer",
                    Spelling.of(CrossScan.CROSS),
                    Arrays.stream(CrossScan.values()).map(Spelling::of).toList());

    static final MixerKind KIND =
            new MixerKind(
                    "vmamba",
                    "rows and columns, both ways, in every layer (VMamba, Liu et al. 2024)",
                    settingsOfKind(),
                    VMamba::of);

    private static List<Setting> settingsOfKind() {
        List<Setting> all = new ArrayList<>(ScanSizes.SETTINGS);
        all.add(GATE);
        all.add(DIRECTIONS);
        return all;
    }

    private static VMamba of(Settings values) {
        return new VMamba(
                ScanSizes.of(values),
                values.flag(GATE),
                CrossScan.valueOf(values.text(DIRECTIONS).toUpperCase(Locale.ROOT)));
    }

    @Override
    public String name() {
        return KIND.name();
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> values = new LinkedHashMap<>(sizes.settings());
        values.put(GATE.name(), Boolean.toString(gate));
        values.put(DIRECTIONS.name(), Spelling.of(directions));
        return values;
    }

    @Override
    public void check(int hiddenSize, Grid grid) {
        sizes.check(name(), hiddenSize, grid);
    }

    @Override
    public UnaryBlock create(int hiddenSize, Grid grid, LayerScan scan) {
        return new MapScan(
                hiddenSize,
                sizes,
                gate,
                grid,
                directions.paths(grid).stream().map(MapDirection::new).toList(),
                null);
    }

    @Override
    public Optional<LayerScan> scan(Grid grid, LayerScan scan) {
        return Optional.of(new LayerScan.SideBySide(directions.paths(grid)));
    }

    @Override
    public Optional<float[]> initial(String name, Shape shape, SplittableRandom random) {
        return sizes.initial(name, shape, random);
    }
}
