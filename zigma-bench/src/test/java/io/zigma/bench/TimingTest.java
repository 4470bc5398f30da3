package io.zigma.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TimingTest {

    @Test
    void theMedianOfAnOddNumberOfRoundsIsTheOneInTheMiddle() {
        assertThat(timing(9, 1, 5).median()).isEqualTo(5);
    }

    @Test
    void theMedianOfAnEvenNumberOfRoundsLiesBetweenTheTwoInTheMiddle() {
        assertThat(timing(4, 1, 2, 100).median()).isEqualTo(3);
    }

    @Test
    void quartilesOfFiveRoundsAreTheSecondAndTheFourth() {
        Timing timing = timing(50, 10, 40, 20, 30);
        assertThat(timing.lower()).isEqualTo(20);
        assertThat(timing.upper()).isEqualTo(40);
    }

    @Test
    void quartilesBetweenTwoRoundsAreInterpolated() {
        Timing timing = timing(1, 2, 3, 4);
        assertThat(timing.lower()).isEqualTo(1.75);
        assertThat(timing.upper()).isEqualTo(3.25);
    }

    @Test
    void aSingleRoundIsItsOwnMedianWithoutSpread() {
        Timing timing = timing(7);
        assertThat(timing.median()).isEqualTo(7);
        assertThat(timing.upper() - timing.lower()).isZero();
        assertThat(timing.rounds()).isEqualTo(1);
    }

    @Test
    void noRoundAtAllIsRefused() {
        assertThatThrownBy(() -> timing()).hasMessageContaining("at least one round");
    }

    @Property(tries = 100)
    void quartilesEncloseTheMedianAndLieAmongTheRounds(
            @ForAll @Size(min = 1, max = 40) double @DoubleRange(min = 0, max = 1e6) [] rounds) {
        Timing timing = timing(rounds);
        assertThat(timing.median()).isBetween(timing.lower(), timing.upper());
        assertThat(timing.lower())
                .isGreaterThanOrEqualTo(Arrays.stream(rounds).min().orElseThrow());
        assertThat(timing.upper()).isLessThanOrEqualTo(Arrays.stream(rounds).max().orElseThrow());
    }

    @Property(tries = 50)
    void oneWildRoundInElevenDoesNotMoveTheMedianOutOfTheOthers(
            @ForAll @DoubleRange(min = 1e3, max = 1e9) double wild) {
        double[] rounds = IntStream.rangeClosed(1, 11).mapToDouble(i -> i).toArray();
        rounds[3] = wild;
        assertThat(timing(rounds).median()).isBetween(6.0, 8.0);
    }

    private static Timing timing(double... rounds) {
        return new Timing(rounds);
    }
}
