package io.zigma.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrecisionAdviceTest {

    @TempDir Path folder;

    private final AtomicInteger measured = new AtomicInteger();

    private Optional<String> line(Path file, double ratio) {
        return PrecisionAdvice.line(
                Optional.of(file),
                () -> {
                    measured.incrementAndGet();
                    return ratio;
                });
    }

    @Test
    void aSlowerPrecisionIsAdvisedAgainstWithItsRatio() {
        assertThat(line(folder.resolve("precision/a"), 1.57))
                .hasValue(
                        "on this processor bf16 takes 1.6 times as long as f32 with this model; leave out --precision bf16");
    }

    @Test
    void nothingIsSaidOfAFasterOne() {
        assertThat(line(folder.resolve("a"), 0.6)).isEmpty();
        assertThat(line(folder.resolve("b"), 1.02)).isEmpty();
    }

    @Test
    void itIsMeasuredOnce() {
        Path file = folder.resolve("precision/a");

        Optional<String> first = line(file, 1.57);

        assertThat(line(file, 0.5)).isEqualTo(first);
        assertThat(measured).hasValue(1);
    }

    @Test
    void whereMemoryDoesNotSufficeNothingIsSaidOrKept() {
        Path file = folder.resolve("precision/a");

        Optional<String> line =
                PrecisionAdvice.line(
                        Optional.of(file),
                        () -> {
                            throw new OutOfMemoryError("Java heap space");
                        });

        assertThat(line).isEmpty();
        assertThat(file).doesNotExist();
    }

    @Test
    void aDamagedOrUnwritableFileIsDoneWithout() throws Exception {
        Path damaged = Files.writeString(folder.resolve("damaged"), "fast");
        assertThat(line(damaged, 2)).isPresent();
        assertThat(line(damaged, 0.5)).as("mended").isPresent();
        assertThat(line(damaged.resolve("no-folder"), 2)).isPresent();
        assertThat(measured).hasValue(2);
    }
}
