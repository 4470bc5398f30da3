package io.zigma.media;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class PixelsGoldenTest {

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("image_out2img");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void valuesBecomeTheOfficialLevels(Fixture fixture) {
        float[] values = fixture.floats("in.x");
        long[] levels = new long[values.length];
        for (int i = 0; i < values.length; i++) {
            levels[i] = Pixels.level(values[i]);
        }
        assertThat(levels).isEqualTo(fixture.longs("out.u8"));
    }
}
