package io.zigma.eval.report;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class ScaleTest {

    @Property(tries = 300)
    void aFewTicksLieOnTheAxisAndReadDifferently(
            @ForAll @DoubleRange(min = -1e6, max = 1e6) double low,
            @ForAll @DoubleRange(min = 0.01, max = 1e6) double length) {
        Scale scale = new Scale(low, low + length, 50, 600);
        assertThat(scale.ticks())
                .hasSizeBetween(2, 6)
                .allSatisfy(tick -> assertThat(scale.at(tick)).isBetween(49.9, 600.1));
        assertThat(scale.ticks().stream().map(scale::text)).doesNotHaveDuplicates();
    }

    @Test
    void numbersThatAreAllTheSameLieInTheMiddle() {
        assertThat(Scale.around(3, 3, 0, 10).at(3)).isEqualTo(5);
    }
}
