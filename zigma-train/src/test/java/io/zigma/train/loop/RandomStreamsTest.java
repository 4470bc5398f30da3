package io.zigma.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.InterpolantProcess;
import io.zigma.diffusion.LogitNormalTimes;
import io.zigma.diffusion.Prediction;
import io.zigma.diffusion.TimeSampler;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RandomStreamsTest {

    private static final int COUNT = 20_000;

    @Test
    void aNumberDependsOnItsCounterAlone() {
        RandomStreams one = new RandomStreams(3);
        RandomStreams two = new RandomStreams(3);
        two.uniform(RandomStreams.Purpose.TIME, 0, 0);
        assertThat(two.bits(RandomStreams.Purpose.NOISE, 5, 1))
                .isEqualTo(one.bits(RandomStreams.Purpose.NOISE, 5, 1));
    }

    @Test
    void countersThatDifferAnywhereGiveOtherNumbers() {
        Set<Long> seen = new HashSet<>();
        for (long seed = 0; seed < 4; seed++) {
            for (RandomStreams.Purpose purpose : RandomStreams.Purpose.values()) {
                for (long step = 0; step < 20; step++) {
                    for (int image = 0; image < 20; image++) {
                        seen.add(new RandomStreams(seed).bits(purpose, step, image));
                    }
                }
            }
        }
        assertThat(seen).hasSize(4 * RandomStreams.Purpose.values().length * 20 * 20);
    }

    @Test
    void uniformNumbersFillTheInterval() {
        RandomStreams streams = new RandomStreams(8);
        double sum = 0;
        double squares = 0;
        for (int step = 0; step < COUNT; step++) {
            double value = streams.uniform(RandomStreams.Purpose.TIME, step, 0);
            assertThat(value).isGreaterThan(0).isLessThan(1);
            sum += value;
            squares += value * value;
        }
        assertThat(sum / COUNT).isCloseTo(0.5, within(0.01));
        assertThat(squares / COUNT).isCloseTo(1.0 / 3, within(0.01));
    }

    @Test
    void logitNormalTimesLieAroundTheMiddle() {
        TimeSampler times =
                new LogitNormalTimes(0, 1)
                        .over(new InterpolantProcess(InterpolantKind.LINEAR, Prediction.VELOCITY));
        RandomStreams streams = new RandomStreams(8);
        int middle = 0;
        for (int step = 0; step < COUNT; step++) {
            float normal = streams.normal(RandomStreams.Purpose.TIME, step, 0, 1)[0];
            double fraction = times.sample(0.01, normal).t();
            middle += fraction > 0.25 && fraction < 0.75 ? 1 : 0;
        }
        // P(|normal| < ln 3) for the logistic of a standard normal variable
        assertThat((double) middle / COUNT).isCloseTo(0.728, within(0.015));
    }
}
