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
class ZigzagGoldenTest {

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("scan_zigzag");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void theEightZigzagsAreTheOfficialOnes(Fixture fixture) {
        for (JsonElement side : fixture.config().getAsJsonArray("N")) {
            String group = "out.N" + side.getAsInt();
            List<ScanPath> paths =
                    ZigzagPaths.first(8, Grid.image(side.getAsInt(), side.getAsInt()));
            assertThat(flat(paths.stream().map(ScanPath::order)))
                    .as(group + ".path")
                    .isEqualTo(fixture.longs(group + ".path"));
            assertThat(flat(paths.stream().map(ScanPath::inverse)))
                    .as(group + ".reverse")
                    .isEqualTo(fixture.longs(group + ".reverse"));
        }
    }

    private static long[] flat(Stream<int[]> rows) {
        return rows.flatMapToInt(Arrays::stream).asLongStream().toArray();
    }
}
