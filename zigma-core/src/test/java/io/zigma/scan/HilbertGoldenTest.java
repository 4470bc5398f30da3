package io.zigma.scan;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class HilbertGoldenTest {

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("scan_hilbert");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void theCompatibleOrdersAreTheOfficialOnes(Fixture fixture) {
        for (JsonElement side : fixture.config().getAsJsonArray("N")) {
            String group = "out.N" + side.getAsInt();
            List<ScanPath> paths = paths(side.getAsInt(), Fidelity.COMPATIBLE);
            assertThat(flat(paths.stream().map(ScanPath::order)))
                    .as(group + ".path")
                    .isEqualTo(fixture.longs(group + ".path"));
            assertThat(flat(paths.stream().map(ScanPath::inverse)))
                    .as(group + ".reverse")
                    .isEqualTo(fixture.longs(group + ".reverse"));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void oursFollowTheOfficialCurves(Fixture fixture) {
        for (JsonElement side : fixture.config().getAsJsonArray("N")) {
            List<ScanPath> paths = paths(side.getAsInt(), Fidelity.CORRECT);
            assertThat(flat(paths.stream().map(ScanPath::order)))
                    .isEqualTo(fixture.longs("out.N" + side.getAsInt() + ".reverse"));
        }
    }

    private static List<ScanPath> paths(int side, Fidelity fidelity) {
        return new Hilbert(8, fidelity)
                .plan(Grid.image(side, side), 8).stream()
                        .flatMap(scan -> scan.paths().stream())
                        .toList();
    }

    private static long[] flat(Stream<int[]> rows) {
        return rows.flatMapToInt(Arrays::stream).asLongStream().toArray();
    }
}
