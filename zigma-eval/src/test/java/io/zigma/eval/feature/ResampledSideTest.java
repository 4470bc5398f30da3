package io.zigma.eval.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ResampledSideTest {

    private static final float TOLERANCE = 1e-5f;

    @Test
    void tensorFlowCountsFromTheCornerNotFromThePixelsMiddle() {
        // places 0, 0.75, 1.5, 2.25 of 0, 4, 8
        assertThat(row(ResampledSide.tensorFlowBilinear(3, 4), 0, 4, 8))
                .containsExactly(new float[] {0, 3, 6, 8}, within(TOLERANCE));
    }

    @Test
    void tensorFlowShrinksBySamplingPoints() {
        // points 0, 2.5: nothing is averaged over the step
        assertThat(row(ResampledSide.tensorFlowBilinear(5, 2), 1, 9, 2, 4, 9))
                .containsExactly(new float[] {1, 3}, within(TOLERANCE));
    }

    @Test
    void pilDoublesWithCatmullAndRomsKernel() {
        // at a quarter pixel the four weights are −9, 111, 29, −3 of 128; edges are cut off
        assertThat(row(ResampledSide.pilBicubic(4, 8), 0, 0, 128, 0)[3])
                .isEqualTo(29, within(1e-3f));
        assertThat(row(ResampledSide.pilBicubic(4, 8), 0, 0, 128, 0)[4])
                .isEqualTo(111, within(1e-3f));
    }

    @Test
    void pilUsesAllPixelsWhenItShrinks() {
        float[] shrunk = row(ResampledSide.pilBicubic(64, 4), spike(64, 25));

        assertThat(shrunk[1]).as("the spike's own place").isGreaterThan(0);
    }

    @Test
    void torchRepeatsTheEdgeAndUsesAnotherKernel() {
        // distances of 0.25, 0.75, 1.25, 1.75 weigh 0.8789, 0.2617, −0.1055, −0.0352; places −1 and
        // −2 are place 0 again
        float[] doubled = row(ResampledSide.torchBicubic(4, 8, 2), 1, 0, 0, 0);
        assertThat(doubled[0]).isEqualTo(1.10547f, within(1e-4f));
        assertThat(doubled[1]).isEqualTo(0.87891f - 0.10547f, within(1e-4f));
        assertThat(doubled[2]).isEqualTo(0.26172f - 0.03516f, within(1e-4f));
    }

    @Property(tries = 200)
    void aPlainPictureStaysPlain(
            @ForAll @IntRange(min = 1, max = 60) int from,
            @ForAll @IntRange(min = 1, max = 60) int to) {
        float[] plain = new float[from];
        Arrays.fill(plain, 0.7f);
        for (ResampledSide side : all(from, to)) {
            assertThat(row(side, plain)).hasSize(to);
            for (float value : row(side, plain)) {
                assertThat(value).isEqualTo(0.7f, within(TOLERANCE));
            }
        }
    }

    @Property(tries = 50)
    void theSameLengthChangesNothing(@ForAll @IntRange(min = 1, max = 40) int length) {
        float[] picture = new float[length];
        for (int i = 0; i < length; i++) {
            picture[i] = i * i % 7;
        }
        for (ResampledSide side : all(length, length)) {
            assertThat(row(side, picture)).containsExactly(picture, within(TOLERANCE));
        }
    }

    @Test
    void rowsAndColumnsAreResampledEachForItself() {
        ResampledSide rows = ResampledSide.tensorFlowBilinear(2, 4);
        ResampledSide columns = ResampledSide.tensorFlowBilinear(2, 2);

        float[] planes =
                ResampledSide.resample(
                        new float[] {0, 10, 2, 20, 100, 100, 100, 100}, 2, 2, rows, columns);

        assertThat(planes)
                .containsExactly(
                        new float[] {
                            0, 10, 1, 15, 2, 20, 2, 20, 100, 100, 100, 100, 100, 100, 100, 100
                        },
                        within(TOLERANCE));
    }

    private static List<ResampledSide> all(int from, int to) {
        return List.of(
                ResampledSide.tensorFlowBilinear(from, to),
                ResampledSide.pilBicubic(from, to),
                ResampledSide.torchBicubic(from, to, (double) to / from));
    }

    private static float[] spike(int length, int place) {
        float[] values = new float[length];
        values[place] = 1;
        return values;
    }

    private static float[] row(ResampledSide side, float... values) {
        return ResampledSide.resample(
                values, 1, values.length, ResampledSide.tensorFlowBilinear(1, 1), side);
    }
}
