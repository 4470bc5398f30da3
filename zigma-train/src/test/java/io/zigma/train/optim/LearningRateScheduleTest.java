package io.zigma.train.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class LearningRateScheduleTest {

    @Test
    void warmUpRisesLinearlyAndReachesThePeakAtItsLastStep() {
        LearningRateSchedule schedule = new LearningRateSchedule.Constant(0.4, 4);
        assertThat(schedule.rate(0)).isEqualTo(0.1);
        assertThat(schedule.rate(1)).isEqualTo(0.2);
        assertThat(schedule.rate(3)).isEqualTo(0.4);
        assertThat(schedule.rate(1000)).isEqualTo(0.4);
    }

    @Test
    void withoutWarmUpTheFirstStepRunsAtThePeak() {
        assertThat(new LearningRateSchedule.Constant(1e-4, 0).rate(0)).isEqualTo(1e-4);
    }

    @Test
    void theCosineFallsFromThePeakThroughTheMiddleToTheFloorAndStaysThere() {
        LearningRateSchedule schedule = new LearningRateSchedule.Cosine(1, 0.2, 10, 110);
        assertThat(schedule.rate(10)).isEqualTo(1);
        assertThat(schedule.rate(60)).isCloseTo(0.6, within(1e-12));
        assertThat(schedule.rate(110)).isCloseTo(0.2, within(1e-12));
        assertThat(schedule.rate(5000)).isCloseTo(0.2, within(1e-12));
    }

    @Property
    void theCosineNeverRisesAfterWarmUp(@ForAll @LongRange(min = 10, max = 200) long step) {
        LearningRateSchedule schedule = new LearningRateSchedule.Cosine(1, 0, 10, 110);
        assertThat(schedule.rate(step + 1)).isLessThanOrEqualTo(schedule.rate(step));
    }

    @Test
    void impossibleSchedulesAreRefused() {
        assertThatThrownBy(() -> new LearningRateSchedule.Constant(0, 0))
                .hasMessageContaining("learning rate");
        assertThatThrownBy(() -> new LearningRateSchedule.Cosine(1, 2, 0, 10))
                .hasMessageContaining("floor");
        assertThatThrownBy(() -> new LearningRateSchedule.Cosine(1, 0, 10, 10))
                .hasMessageContaining("warm-up");
    }
}
