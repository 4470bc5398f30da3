package io.zigma.mixer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import io.zigma.op.TokenOrder;
import io.zigma.scan.CrossScan;
import io.zigma.scan.Grid;
import io.zigma.scan.ScanPath;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class CrossScanGoldenTest {

    private static final Tolerance SUM = Tolerance.elementwise(1e-6, 1e-6);
    private static final Pattern TABLE =
            Pattern.compile("out\\.(\\d+)x(\\d+)\\.([a-z]+)\\.(scan|merge)");

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("vmamba_scan");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void pathsAndTheirInversesAreTheOfficialTables(Fixture fixture) {
        int tables = 0;
        for (String tensor : fixture.names("out.")) {
            Matcher table = TABLE.matcher(tensor);
            if (!table.matches()) {
                continue;
            }
            Grid grid =
                    Grid.image(Integer.parseInt(table.group(1)), Integer.parseInt(table.group(2)));
            boolean scanned = table.group(4).equals("scan");
            long[] actual =
                    CrossScan.valueOf(table.group(3).toUpperCase(Locale.ROOT)).paths(grid).stream()
                            .map(path -> scanned ? path.order() : path.inverse())
                            .flatMapToInt(Arrays::stream)
                            .asLongStream()
                            .toArray();
            assertThat(actual).as(tensor).containsExactly(fixture.longs(tensor));
            tables++;
        }
        assertThat(tables).isPositive();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void sequencesAndTheirGradientsAreTheOfficial(Fixture fixture) {
        Assumptions.assumeTrue(fixture.has("out.xs"), "the fixture has tables only");
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = fixture.array(manager, "in.x"); // (B, C, H, W)
            x.setRequiresGradient(true);
            List<ScanPath> paths = paths(fixture);
            try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                NDArray tokens = MapLayout.CHANNELS_FIRST.tokens(x);
                NDList sequences = new NDList();
                paths.forEach(
                        path ->
                                sequences.add(
                                        TokenOrder.gather(tokens, path)
                                                .transpose(0, 2, 1)
                                                .expandDims(1)));
                NDArray xs = NDArrays.concat(sequences, 1); // (B, K, C, L)
                Close.assertClose(fixture, "out.xs", xs, Tolerance.elementwise(0, 0));
                collector.backward(xs.mul(fixture.array(manager, "in.xs_weight")).sum());
            }
            Close.assertClose(fixture, "grad_in.x", x.getGradient(), SUM);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void theMergeAndItsGradientsAreTheOfficial(Fixture fixture) {
        Assumptions.assumeTrue(fixture.has("out.merged"), "the fixture has tables only");
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray ys = fixture.array(manager, "in.ys"); // (B, K, C, H, W)
            ys.setRequiresGradient(true);
            List<ScanPath> paths = paths(fixture);
            try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                NDList parts = ys.split(paths.size(), 1);
                NDArray sum = null;
                for (int k = 0; k < paths.size(); k++) {
                    NDArray tokens = MapLayout.CHANNELS_FIRST.tokens(parts.get(k).squeeze(1));
                    NDArray part = TokenOrder.scatter(tokens, paths.get(k));
                    sum = sum == null ? part : sum.add(part);
                }
                NDArray merged = sum.transpose(0, 2, 1); // (B, C, L)
                Close.assertClose(fixture, "out.merged", merged, SUM);
                collector.backward(merged.mul(fixture.array(manager, "in.merged_weight")).sum());
            }
            Close.assertClose(fixture, "grad_in.ys", ys.getGradient(), SUM);
        }
    }

    private static List<ScanPath> paths(Fixture fixture) {
        long[] shape = fixture.shape("in.x");
        return CrossScan.CROSS.paths(Grid.image((int) shape[2], (int) shape[3]));
    }
}
