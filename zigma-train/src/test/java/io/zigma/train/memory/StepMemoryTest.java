package io.zigma.train.memory;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Memory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class StepMemoryTest {

    private static final int MEGA = 1 << 20;

    @Test
    void eachMicrobatchHasGradientsAndEachImageItsPart() {
        StepMemory memory = new StepMemory(1000, 100, 10, images -> images >= 8 ? 2 : 1);

        assertThat(memory.of(1)).isEqualTo(1110);
        assertThat(memory.of(8)).isEqualTo(1280);
    }

    @Test
    void halvesAreTriedUntilOneFits() {
        StepMemory memory = new StepMemory(1000, 100, 10, images -> 1);

        assertThat(memory.fitting(32, 1180, 1)).isEqualTo(8);
        assertThat(memory.fitting(32, 1200, 0.8)).isEqualTo(4);
        assertThat(memory.fitting(32, 1109, 1)).isZero();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aStepIsMeasuredByWhatItTakes() throws IOException {
        StepMemory memory =
                StepMemory.measured(
                        new ResidentMemory(),
                        images -> take(20L * MEGA + images * 40L * MEGA),
                        64,
                        20L * MEGA,
                        images -> 1,
                        Long.MAX_VALUE);

        assertThat(memory.image()).isBetween(28L * MEGA, 52L * MEGA);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void noMoreImagesAreTriedThanItTakes() throws IOException {
        List<Integer> tried = new ArrayList<>();
        StepMemory.measured(
                new ResidentMemory(),
                images -> {
                    tried.add(images);
                    take(images * 32L * MEGA);
                },
                1024,
                0,
                images -> 1,
                Long.MAX_VALUE);

        assertThat(tried).startsWith(1, 1, 2).hasSizeLessThanOrEqualTo(5);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void nothingIsTriedThatIsExpectedNotToFit() throws IOException {
        List<Integer> tried = new ArrayList<>();
        StepMemory.measured(
                new ResidentMemory(),
                images -> {
                    tried.add(images);
                    take(images * 10L * MEGA);
                },
                1024,
                0,
                images -> 1,
                new ResidentMemory().settled() + 5L * MEGA);

        assertThat(tried).doesNotContain(8);
    }

    /** Takes memory from the system, all of it touched, and gives it back. */
    private static void take(long bytes) {
        try (Memory memory = new Memory(bytes)) {
            memory.setMemory(0, bytes, (byte) 1);
        }
    }
}
