package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.cli.terminal.ReadingProgress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ReadingProgressTest {

    private final AtomicLong clock = new AtomicLong();
    private final ConsoleOfTest test = ConsoleOfTest.plain();

    @Test
    void isSilentWhereReadingTakesAMoment() {
        try (ReadingProgress progress = new ReadingProgress(test.console(), clock::get)) {
            progress.read(1, 2);
            progress.read(2, 2);
        }
        assertThat(test.err()).isEmpty();
    }

    @Test
    void showsProgressWhereReadingTakesLong() {
        try (ReadingProgress progress = new ReadingProgress(test.console(), clock::get)) {
            for (int i = 1; i <= 40; i++) {
                clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
                progress.read(i, 40);
            }
        }
        assertThat(test.err().lines().findFirst().orElseThrow()).contains("reading 40 pictures");
        assertThat(test.err()).contains("11/40 pictures, 1.0 pictures/s", "40/40 pictures");
    }
}
