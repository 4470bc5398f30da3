package io.zigma.scan;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class VideoTablesGoldenTest {

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("scan_video_tables");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void everyLayerHasTheOfficialPath(Fixture fixture) {
        for (JsonElement element : fixture.json().getAsJsonArray("config")) {
            JsonObject config = element.getAsJsonObject();
            String letters = config.get("scan_type").getAsString().replaceFirst("^zzvideo_", "");
            int side = config.get("patch_side").getAsInt();
            List<LayerScan> plan =
                    Factorised.of(letters, Fidelity.COMPATIBLE)
                            .plan(
                                    new Grid(config.get("video_frames").getAsInt(), side, side),
                                    config.get("depth").getAsInt());
            String group = "out." + letters;
            assertThat(plan.stream().mapToLong(scan -> scan.choose(new Axis())))
                    .as(group + ".order")
                    .containsExactlyElementsOf(
                            Arrays.stream(fixture.longs(group + ".order")).boxed().toList());
            for (int layer = 0; layer < plan.size(); layer++) {
                String name = group + ".layer" + layer;
                assertThat(longs(plan.get(layer).paths().get(0).order()))
                        .as(name + ".path")
                        .isEqualTo(fixture.longs(name + ".path"));
                assertThat(longs(plan.get(layer).choose(new Written()).inverse()))
                        .as(name + ".reverse_as_coded")
                        .isEqualTo(fixture.longs(name + ".reverse_as_coded"));
            }
        }
    }

    private static long[] longs(int[] values) {
        return Arrays.stream(values).asLongStream().toArray();
    }

    /** 0 for a layer in space, 1 for one in time. */
    private static final class Axis extends Factors<Long> {
        @Override
        public Long withinFrames(LayerScan.WithinFrames scan) {
            return 0L;
        }

        @Override
        public Long throughTime(LayerScan.ThroughTime scan) {
            return 1L;
        }
    }

    /** The path along which a layer puts its results back. */
    private static final class Written extends Factors<ScanPath> {
        @Override
        public ScanPath withinFrames(LayerScan.WithinFrames scan) {
            return scan.path();
        }

        @Override
        public ScanPath throughTime(LayerScan.ThroughTime scan) {
            return scan.written();
        }
    }

    /** A factorised plan has two kinds of layers only. */
    private abstract static class Factors<R> implements LayerScan.Cases<R> {
        @Override
        public R along(LayerScan.Along scan) {
            throw new AssertionError(scan);
        }

        @Override
        public R bothWays(LayerScan.BothWays scan) {
            throw new AssertionError(scan);
        }

        @Override
        public R sideBySide(LayerScan.SideBySide scan) {
            throw new AssertionError(scan);
        }
    }
}
