package io.zigma.train.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLockTest {

    @TempDir Path run;

    @Test
    void aSecondTrainingInTheSameProcessIsRefusedWithOneLine() throws IOException {
        try (RunLock held = RunLock.take(run)) {
            assertThat(held).isNotNull();
            assertThatThrownBy(() -> RunLock.take(run))
                    .isInstanceOf(RunException.class)
                    .hasMessageContaining(run + " is in use")
                    .message()
                    .doesNotContain("\n");
        }
    }

    @Test
    void anotherProcessIsRefused() throws Exception {
        try (RunLock held = RunLock.take(run)) {
            assertThat(held).isNotNull();
            assertThat(takeInAnotherProcess()).isEqualTo(LockTaker.REFUSED);
        }
    }

    @Test
    void anotherProcessIsRefusedAlsoAfterASecondTrainingHereWas() throws Exception {
        try (RunLock held = RunLock.take(run)) {
            assertThat(held).isNotNull();
            assertThatThrownBy(() -> RunLock.take(run)).isInstanceOf(RunException.class);
            assertThat(takeInAnotherProcess()).isEqualTo(LockTaker.REFUSED);
        }
        RunLock.take(run).close();
    }

    @Test
    void aProcessThatDiedHoldingTheLockLeavesItFree() throws Exception {
        assertThat(takeInAnotherProcess()).isEqualTo(LockTaker.HALTED_HOLDING);
        assertThat(run.resolve("run.lock")).exists();
        try (RunLock taken = RunLock.take(run)) {
            assertThat(taken).isNotNull();
        }
    }

    private int takeInAnotherProcess() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classPath = System.getProperty("java.class.path");
        List<String> command =
                List.of(java, "-cp", classPath, LockTaker.class.getName(), run.toString());
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }
}
