package io.zigma.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScanPathTest {

    @ParameterizedTest
    @CsvSource({"0, 0", "0, 2", "-1, 0"})
    void whatIsNotAPermutationIsRefused(int first, int second) {
        assertThatThrownBy(() -> ScanPath.of(first, second))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("not a permutation");
    }

    @Test
    void aPathDoesNotChangeWithTheArrayItWasMadeOf() {
        int[] order = {1, 0};
        ScanPath path = ScanPath.of(order);
        order[0] = 0;
        path.order()[0] = 0;
        path.inverse()[0] = 7;
        assertThat(path).isEqualTo(ScanPath.of(1, 0)).hasSameHashCodeAs(ScanPath.of(1, 0));
        assertThat(path.inverse()).containsExactly(1, 0);
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 1", "1, 0, 1", "1, 1, -1", "65536, 65536, 1"})
    void aGridThatCannotBeIsRefused(int frames, int height, int width) {
        assertThatThrownBy(() -> new Grid(frames, height, width))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("grid");
    }
}
