package io.zigma.train.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zigma.train.TinyRuns;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryCheckTest {

    private static final long MEGA = 1 << 20;

    @TempDir Path folder;

    private Path limited(long left) throws IOException {
        Path root = folder.resolve("system");
        FakeSystem.version2(root, "/job").group("/job", 1000 * MEGA, 1000 * MEGA - left);
        return root;
    }

    /** Warnings about a step of eight images, of which each takes 64 MiB. */
    private List<String> warningsWith(long left) throws IOException {
        List<String> warnings = new ArrayList<>();
        CountedMemory memory = new CountedMemory(300 * MEGA);

        new MemoryCheck(limited(left), memory)
                .requireRoomForAStep(
                        TinyRuns.config().withBatchSize(8),
                        1,
                        images -> 1,
                        images -> memory.take(images * 64 * MEGA),
                        warnings::add);
        return warnings;
    }

    @Test
    void aStepThatIsCloseToTheLimitIsTakenAfterAWarning() throws IOException {
        assertThat(warningsWith(570 * MEGA))
                .singleElement()
                .asString()
                .contains("that the memory limit of this container or session (cgroup) leaves")
                .contains("use --batch-size 4 --accumulate 2, which", "--recompute");
    }

    @Test
    void aStepOfFourFifthsOfWhatIsLeftNeedsNoWarning() throws IOException {
        assertThat(warningsWith(660 * MEGA)).isEmpty();
    }

    @Test
    void aStepBeyondTheLimitIsRefused() {
        assertThatThrownBy(() -> warningsWith(500 * MEGA))
                .isInstanceOf(MemoryLimitException.class)
                .hasMessageContaining("use --batch-size 4 --accumulate 2");
    }

    @Test
    void aModelThatDoesNotFitIsRefusedBeforeItIsMade() throws IOException {
        MemoryCheck check = new MemoryCheck(limited(100 * MEGA));

        check.requireRoomFor(1_000_000, 0);
        assertThatThrownBy(() -> check.requireRoomFor(10_000_000, 0))
                .isInstanceOf(MemoryLimitException.class)
                .hasMessageContaining("need 0.20 GB")
                .hasMessageContaining("leaves 0.10 GB");
    }

    @Test
    void moreAveragesOfTheWeightsNeedMoreRoom() throws IOException {
        MemoryCheck check = new MemoryCheck(limited(100 * MEGA));

        check.requireRoomFor(4_500_000, 0); // 90 MB
        assertThatThrownBy(() -> check.requireRoomFor(4_500_000, 2))
                .isInstanceOf(MemoryLimitException.class)
                .hasMessageContaining("need 0.13 GB");
    }

    /** A process whose memory is known to the byte; that of the real one moves with the heap. */
    private static final class CountedMemory implements ProcessMemory {

        private final long resident;
        private long peak;

        CountedMemory(long resident) {
            this.resident = resident;
        }

        void take(long bytes) {
            peak = Math.max(peak, resident + bytes);
        }

        @Override
        public long settled() {
            return resident;
        }

        @Override
        public long peakOf(Runnable work) {
            peak = resident;
            work.run();
            return peak;
        }
    }
}
