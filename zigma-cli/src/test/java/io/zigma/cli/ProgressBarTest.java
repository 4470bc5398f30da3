package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.cli.terminal.ProgressBar;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressBarTest {

    private final AtomicLong clock = new AtomicLong();

    @Test
    void showsRateAndRemainingTimeOnOneTerminalLine() {
        ConsoleOfTest test = ConsoleOfTest.terminal();

        try (ProgressBar bar = new ProgressBar(test.console(), "steps", 0, clock::get)) {
            pass(2);
            bar.advanceTo(10, 40, "loss 0.5");
        }

        assertThat(test.err().strip())
                .isEqualTo(
                        "[######..................] 10/40 steps, 5.0 steps/s, 6 s left, loss 0.5");
    }

    @Test
    void redrawsTheLineInPlace() {
        ConsoleOfTest test = ConsoleOfTest.terminal();

        try (ProgressBar bar = new ProgressBar(test.console(), "steps", 0, clock::get)) {
            pass(1);
            bar.advanceTo(1, 2, "");
            pass(1);
            bar.advanceTo(2, 2, "");
        }

        assertThat(test.err().lines()).hasSizeGreaterThan(1);
        assertThat(test.err().chars().filter(c -> c == '\n').count()).isEqualTo(1);
        assertThat(test.err()).contains("2/2 steps, 1.0 steps/s, took 2 s");
    }

    @Test
    void neverWrapsALine() {
        ConsoleOfTest test = ConsoleOfTest.terminal();

        try (ProgressBar bar = new ProgressBar(test.console(), "steps", 0, clock::get)) {
            pass(1);
            bar.advanceTo(1, 2, "x".repeat(200));
        }

        assertThat(test.err().strip()).hasSize(79);
    }

    @Test
    void shortensTheBarBeforeTheText() {
        ConsoleOfTest test = ConsoleOfTest.terminal();

        try (ProgressBar bar = new ProgressBar(test.console(), "steps", 0, clock::get)) {
            pass(1900);
            bar.advanceTo(1000, 20_000, "16 pictures/s, loss 1.8705");
        }

        assertThat(test.err().strip())
                .isEqualTo(
                        "[.....] 1000/20000 steps, 1.9 s/step, 10:01:40 left, 16 pictures/s, loss 1.8705")
                .hasSizeLessThan(80);
    }

    @Test
    void leavesTheRateOutBeforeTheLoss() {
        ConsoleOfTest test = ConsoleOfTest.terminal();

        try (ProgressBar bar = new ProgressBar(test.console(), "steps", 0, clock::get)) {
            pass(19_000);
            bar.advanceTo(10_000, 2_000_000, "16 pictures/s, frozen 12, loss 1.8705");
        }

        assertThat(test.err().strip())
                .endsWith("loss 1.8705")
                .doesNotContain("s/step")
                .hasSizeLessThan(80);
    }

    @Test
    void writesWholeLinesNowAndThenWhereThereIsNoTerminal() {
        ConsoleOfTest test = ConsoleOfTest.plain();

        try (ProgressBar bar = new ProgressBar(test.console(), "steps", 0, clock::get)) {
            for (int i = 1; i <= 100; i++) {
                pass(0.25);
                bar.advanceTo(i, 100, "");
            }
        }

        assertThat(test.err().lines())
                .containsExactly(
                        "40/100 steps, 4.0 steps/s, 15 s left",
                        "80/100 steps, 4.0 steps/s, 5 s left",
                        "100/100 steps, 4.0 steps/s, took 25 s");
        assertThat(test.err()).doesNotContain("\r");
    }

    @Test
    void countsOnlyItsOwnWorkAfterAResume() {
        ConsoleOfTest test = ConsoleOfTest.plain();

        try (ProgressBar bar = new ProgressBar(test.console(), "steps", 1000, clock::get)) {
            pass(20);
            bar.advanceTo(1010, 1100, "");
        }

        assertThat(test.err().strip()).isEqualTo("1010/1100 steps, 2.0 s/step, 3:00 left");
    }

    @ParameterizedTest(name = "{0} seconds are {1}")
    @CsvSource({"0.2, 0 s", "59.4, 59 s", "59.6, 1:00", "185, 3:05", "3723, 1:02:03"})
    void writesDurationsShort(double seconds, String text) {
        assertThat(ProgressBar.duration(seconds)).isEqualTo(text);
    }

    private void pass(double seconds) {
        clock.addAndGet((long) (seconds * TimeUnit.SECONDS.toNanos(1)));
    }
}
