package io.zigma.op;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class KernelWarmUpTest {

    @Test
    void itWorksUntilItIsClosed() {
        KernelWarmUp warmUp = KernelWarmUp.begin();
        assertThat(warmUp.isWorking()).isEqualTo(VectorSupport.missing().isEmpty());

        warmUp.close();

        Assertions.assertTimeoutPreemptively(
                Duration.ofMinutes(1),
                () -> {
                    while (warmUp.isWorking()) {
                        Thread.sleep(5);
                    }
                });
    }

    @Test
    void noneHasNothingToDo() {
        try (KernelWarmUp none = KernelWarmUp.none()) {
            assertThat(none.isWorking()).isFalse();
        }
    }
}
