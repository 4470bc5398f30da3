package io.zigma.op.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkersTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void everyTaskRunsOnce(int threads) {
        AtomicIntegerArray runs = new AtomicIntegerArray(100);
        Workers.run(100, threads, runs::incrementAndGet);
        for (int task = 0; task < 100; task++) {
            assertThat(runs.get(task)).as("runs of task %d", task).isOne();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void aFailureIsThrownWhenAllOtherTasksHaveEnded(int threads) {
        AtomicInteger ended = new AtomicInteger();
        assertThatThrownBy(
                        () ->
                                Workers.run(
                                        20,
                                        threads,
                                        task -> {
                                            if (task == 3) {
                                                throw new IllegalArgumentException("task 3");
                                            }
                                            ended.incrementAndGet();
                                        }))
                .hasRootCauseMessage("task 3");
        assertThat(ended).hasValue(19);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void anErrorIsThrownAsItIs(int threads) {
        OutOfMemoryError error = new OutOfMemoryError("on purpose");
        assertThatThrownBy(
                        () ->
                                Workers.run(
                                        20,
                                        threads,
                                        task -> {
                                            throw error;
                                        }))
                .isSameAs(error);
    }
}
