package io.zigma.mixer;

import ai.djl.ndarray.types.Shape;
import io.zigma.base.Setting;
import io.zigma.base.Settings;
import io.zigma.nn.MixerSpec;
import io.zigma.nn.UnaryBlock;
import io.zigma.scan.Fidelity;
import io.zigma.scan.Grid;
import io.zigma.scan.LayerScan;
import io.zigma.scan.ScanPath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * CCViM's scan: directions of which some read the map and some what local context clusters make of
 * it (official {@code SS2D} with {@code MultiScan}). All clusters of a layer are one block, with as
 * many centres as the first of their directions says.
 *
 * @param sizes inner sizes
 * @param directions one or more
 * @param windows of the clusters from top to bottom, and as many from left to right
 * @param fidelity the published code puts the results of columns back wrongly on maps that are not
 *     square; {@link Fidelity#COMPATIBLE} does the same
 */
record CcVim(ScanSizes sizes, List<ClusterDirection> directions, int windows, Fidelity fidelity)
        implements MixerSpec {

    private static final Setting DIRECTIONS =
            Setting.parsed(
                    "directions",
                    "what each direction reads, joined by +",
                    "h+v+v-flip+c2",
                    ClusterDirection.words(),
                    text -> spelled(parse(text)));
    private static final Setting WINDOWS =
            Setting.whole(
                    "windows",
                    "windows of the clusters from top to bottom, and as many from left to right",
                    2,
                    1,
                    1 << 10);
    private static final Setting COMPATIBLE =
            Setting.flag(
                    "compatible",
                    "put columns back as the published code does, right on square maps only",
                    false);

    static final MixerKind KIND =
            new MixerKind(
                    "ccvim",
                    "scans merged with local context clusters (CCViM 2024)",
                    settingsOfKind(),
                    CcVim::of);

    CcVim {
        directions = List.copyOf(directions);
        if (directions.isEmpty()) {
            throw new IllegalArgumentException("a scan of maps needs at least one direction");
        }
    }

    private static List<Setting> settingsOfKind() {
        List<Setting> all = new ArrayList<>(ScanSizes.SETTINGS);
        all.addAll(List.of(DIRECTIONS, WINDOWS, COMPATIBLE));
        return all;
    }

    private static List<ClusterDirection> parse(String text) {
        return Arrays.stream(text.strip().split("\\+", -1)).map(ClusterDirection::parse).toList();
    }

    private static String spelled(List<ClusterDirection> directions) {
        return directions.stream().map(ClusterDirection::word).collect(Collectors.joining("+"));
    }

    private static CcVim of(Settings values) {
        return new CcVim(
                ScanSizes.of(values),
                parse(values.text(DIRECTIONS)),
                values.whole(WINDOWS),
                values.flag(COMPATIBLE) ? Fidelity.COMPATIBLE : Fidelity.CORRECT);
    }

    @Override
    public String name() {
        return KIND.name();
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> values = new LinkedHashMap<>(sizes.settings());
        values.put(DIRECTIONS.name(), spelled(directions));
        values.put(WINDOWS.name(), Integer.toString(windows));
        values.put(COMPATIBLE.name(), Boolean.toString(fidelity == Fidelity.COMPATIBLE));
        return values;
    }

    @Override
    public void check(int hiddenSize, Grid grid) {
        sizes.check(name(), hiddenSize, grid);
        if (clusters().isPresent()) {
            LocalCluster.check(name(), sizes.innerSize(hiddenSize), grid, windows);
        }
    }

    @Override
    public UnaryBlock create(int hiddenSize, Grid grid, LayerScan scan) {
        return new MapScan(
                hiddenSize,
                sizes,
                true,
                grid,
                on(grid, scan),
                clusters()
                        .map(
                                first ->
                                        new LocalCluster(
                                                sizes.innerSize(hiddenSize),
                                                grid,
                                                windows,
                                                first.clusters()))
                        .orElse(null));
    }

    private List<MapDirection> on(Grid grid, LayerScan scan) {
        return directions.stream()
                .flatMap(direction -> direction.on(grid, scan, fidelity).stream())
                .toList();
    }

    /** Returns the direction that says how many centres a window has. */
    private Optional<ClusterDirection> clusters() {
        return directions.stream().filter(ClusterDirection::isClustered).findFirst();
    }

    @Override
    public Optional<LayerScan> scan(Grid grid, LayerScan scan) {
        List<ScanPath> paths = on(grid, scan).stream().map(MapDirection::path).toList();
        return Optional.of(new LayerScan.SideBySide(paths));
    }

    @Override
    public boolean followsScan() {
        return directions.stream()
                .anyMatch(direction -> direction.kind() == ClusterDirection.Kind.SCAN);
    }

    @Override
    public Optional<float[]> initial(String name, Shape shape, SplittableRandom random) {
        return LocalClusters.initial(name.substring(name.lastIndexOf('.') + 1), shape)
                .or(() -> sizes.initial(name, shape, random));
    }
}
