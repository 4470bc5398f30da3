package io.zigma.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ScanSchemeTest {

    @Property
    void everyPathVisitsEveryTokenOnce(
            @ForAll ScanScheme scheme,
            @ForAll @IntRange(min = 1, max = 20) int height,
            @ForAll @IntRange(min = 1, max = 20) int width) {
        for (ScanPath path : scheme.paths(Grid.image(height, width))) {
            assertThat(path.order())
                    .containsExactlyInAnyOrder(IntStream.range(0, height * width).toArray());
        }
    }

    @Property
    void theInverseTellsWhenEachTokenIsVisited(
            @ForAll ScanScheme scheme,
            @ForAll @IntRange(min = 1, max = 20) int height,
            @ForAll @IntRange(min = 1, max = 20) int width) {
        for (ScanPath path : scheme.paths(Grid.image(height, width))) {
            int[] order = path.order();
            int[] inverse = path.inverse();
            assertThat(path.length()).isEqualTo(height * width);
            for (int step = 0; step < order.length; step++) {
                assertThat(inverse[order[step]]).isEqualTo(step);
            }
        }
    }

    @Property
    void aZigzagOnlyStepsToNeighbours(
            @ForAll @IntRange(min = 1, max = 20) int height,
            @ForAll @IntRange(min = 1, max = 20) int width) {
        for (ScanPath path : ScanScheme.ZIGZAG_8.paths(Grid.image(height, width))) {
            int[] order = path.order();
            for (int step = 1; step < order.length; step++) {
                int rows = Math.abs(order[step] / width - order[step - 1] / width);
                int columns = Math.abs(order[step] % width - order[step - 1] % width);
                assertThat(rows + columns).as("%s at step %d", path, step).isEqualTo(1);
            }
        }
    }

    @Property
    void layersTakeTurnsWithThePaths(
            @ForAll ScanScheme scheme, @ForAll @IntRange(max = 40) int layers) {
        Grid grid = Grid.image(3, 4);
        List<ScanPath> paths = scheme.paths(grid);
        List<ScanPath> plan = scheme.plan(grid, layers);
        assertThat(plan).hasSize(layers);
        for (int layer = 0; layer < layers; layer++) {
            assertThat(plan.get(layer)).isEqualTo(paths.get(layer % paths.size()));
        }
    }

    @Property
    void walkingFromTheOtherEndTwiceIsTheSameWalk(
            @ForAll ScanScheme scheme,
            @ForAll @IntRange(min = 1, max = 12) int height,
            @ForAll @IntRange(min = 1, max = 12) int width) {
        for (ScanPath path : scheme.paths(Grid.image(height, width))) {
            int[] backwards = path.reversed().order();
            int[] order = path.order();
            for (int step = 0; step < order.length; step++) {
                assertThat(backwards[order.length - 1 - step]).isEqualTo(order[step]);
            }
            assertThat(path.reversed().reversed()).isEqualTo(path);
        }
    }

    @Test
    void theEightZigzagsOfASquareAreAllDifferent() {
        assertThat(ScanScheme.ZIGZAG_8.paths(Grid.image(4, 4))).hasSize(8).doesNotHaveDuplicates();
    }

    @Test
    void theSweepIsStraight() {
        assertThat(ScanScheme.SWEEP.paths(Grid.image(3, 5))).allMatch(ScanPath::isStraight);
    }

    @ParameterizedTest
    @EnumSource(names = {"ZIGZAG_1", "ZIGZAG_2", "ZIGZAG_8"})
    void aZigzagOfSeveralFramesIsRefused(ScanScheme scheme) {
        assertThatThrownBy(() -> scheme.paths(new Grid(2, 3, 3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("walks one frame, this grid has 2");
    }
}
