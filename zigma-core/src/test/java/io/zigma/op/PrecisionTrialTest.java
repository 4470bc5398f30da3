package io.zigma.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrecisionTrialTest {

    private final List<String> calls = new ArrayList<>();

    private Runnable prepared(Precision precision) {
        calls.add(precision.label());
        return () -> calls.add("run");
    }

    @Test
    void theTwoAreTimedInTurnsAndThePrecisionIsPreparedAtLast() {
        double ratio = PrecisionTrial.ratio(Precision.BFLOAT16, this::prepared);

        assertThat(ratio).isPositive().isFinite();
        List<String> turn = List.of("f32", "run", "bf16", "run");
        assertThat(calls.subList(0, 16)).containsSubsequence(turn).startsWith("f32", "run");
        assertThat(calls).hasSize(17).endsWith("bf16");
    }

    @Test
    void thePrecisionIsPreparedWhereTheWorkFails() {
        assertThatThrownBy(
                        () ->
                                PrecisionTrial.ratio(
                                        Precision.BFLOAT16,
                                        precision -> {
                                            calls.add(precision.label());
                                            return () -> {
                                                throw new IllegalStateException("no memory");
                                            };
                                        }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(calls).endsWith("bf16");
    }

    /** One of the two sleeps, so that noise does not decide. */
    @Test
    void whatTakesLongerHasTheLargerRatio() {
        double ratio =
                PrecisionTrial.ratio(
                        Precision.BFLOAT16,
                        precision ->
                                precision == Precision.BFLOAT16
                                        ? PrecisionTrialTest::sleep
                                        : () -> {});

        assertThat(ratio).isGreaterThan(1);
    }

    private static void sleep() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
