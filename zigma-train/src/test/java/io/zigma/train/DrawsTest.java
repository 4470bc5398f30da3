package io.zigma.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DrawsTest {

    private static final int COUNT = 20_000;

    @Test
    void aDrawDependsOnItsCounterAlone() {
        Draws one = new Draws(3);
        Draws two = new Draws(3);
        two.uniform(Draws.Use.TIME, 0, 0);
        assertThat(two.bits(Draws.Use.NOISE, 5, 1)).isEqualTo(one.bits(Draws.Use.NOISE, 5, 1));
    }

    @Test
    void countersThatDifferAnywhereDrawDifferently() {
        Set<Long> seen = new HashSet<>();
        for (long seed = 0; seed < 4; seed++) {
            for (Draws.Use use : Draws.Use.values()) {
                for (long step = 0; step < 20; step++) {
                    for (int image = 0; image < 20; image++) {
                        seen.add(new Draws(seed).bits(use, step, image));
                    }
                }
            }
        }
        assertThat(seen).hasSize(4 * Draws.Use.values().length * 20 * 20);
    }

    @Test
    void uniformDrawsFillTheInterval() {
        Draws draws = new Draws(8);
        double sum = 0;
        double squares = 0;
        for (int step = 0; step < COUNT; step++) {
            double value = draws.uniform(Draws.Use.TIME, step, 0);
            assertThat(value).isGreaterThan(0).isLessThan(1);
            sum += value;
            squares += value * value;
        }
        assertThat(sum / COUNT).isCloseTo(0.5, within(0.01));
        assertThat(squares / COUNT).isCloseTo(1.0 / 3, within(0.01));
    }

    @Test
    void logitNormalTimesLieAroundTheMiddle() {
        TimeSampling times = new TimeSampling.LogitNormal(0, 1);
        Draws draws = new Draws(8);
        int middle = 0;
        for (int step = 0; step < COUNT; step++) {
            float normal = draws.normal(Draws.Use.TIME, step, 0, 1)[0];
            double fraction = times.fraction(0.01, normal);
            middle += fraction > 0.25 && fraction < 0.75 ? 1 : 0;
        }
        // P(|normal| < ln 3) for the logistic of a standard normal variable
        assertThat((double) middle / COUNT).isCloseTo(0.728, within(0.015));
    }
}
