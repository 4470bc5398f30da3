package io.zigma.train.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressMeterTest {

    @Test
    void paceAndRemainingTimeFollowTheClock() {
        long[] clock = {0};
        List<Progress> seen = new ArrayList<>();
        ProgressMeter meter = new ProgressMeter(seen::add, () -> clock[0]);
        for (int step = 1; step <= 10; step++) {
            clock[0] += 500_000_000L;
            meter.afterStep(new StepReport(step, 30, step, 1, 1, 8));
        }
        Progress last = seen.get(9);
        assertThat(last.imagesPerSecond()).isCloseTo(16, within(1e-9));
        assertThat(last.remaining()).isEqualTo(Duration.ofSeconds(10));
        assertThat(last.loss()).isCloseTo(5.5, within(1e-9));
        assertThat(last.step()).isEqualTo(10);
    }
}
