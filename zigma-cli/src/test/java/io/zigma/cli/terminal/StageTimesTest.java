package io.zigma.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class StageTimesTest {

    @Test
    void stagesFollowEachOtherAndAddUp() {
        Instant start = Instant.parse("2026-01-01T00:00:00Z");
        StageTimes times = new StageTimes(start);
        times.ended("engine", start.plusMillis(280));
        times.ended("model", start.plusMillis(1510));

        assertThat(times.line()).isEqualTo("1.51 s: engine 0.28 s, model 1.23 s");
    }

    @Test
    void theProcessHasStartedBefore() {
        StageTimes times = StageTimes.ofProcess();
        times.ended("tests");

        assertThat(times.line()).matches("[0-9]+\\.[0-9]{2} s: tests [0-9]+\\.[0-9]{2} s");
    }
}
