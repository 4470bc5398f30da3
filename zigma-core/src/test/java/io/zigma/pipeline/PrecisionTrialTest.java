package io.zigma.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zigma.backbone.Backbone;
import io.zigma.op.Precision;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrecisionTrialTest {

    private final List<String> calls = new ArrayList<>();
    private final Backbone model =
            (Backbone)
                    Proxy.newProxyInstance(
                            PrecisionTrialTest.class.getClassLoader(),
                            new Class<?>[] {Backbone.class},
                            (proxy, method, arguments) -> {
                                calls.add(arguments[0].toString());
                                return null;
                            });

    @Test
    void theTwoAreEvaluatedInTurnsAndTheModelKeepsItsPrecision() {
        double ratio = PrecisionTrial.ratio(model, Precision.BFLOAT16, () -> calls.add("run"));

        assertThat(ratio).isPositive().isFinite();
        List<String> turn = List.of("FLOAT32", "run", "BFLOAT16", "run");
        assertThat(calls.subList(0, 16)).containsSubsequence(turn).startsWith("FLOAT32", "run");
        assertThat(calls).hasSize(17).endsWith("BFLOAT16");
    }

    @Test
    void theModelKeepsItsPrecisionWhereAnEvaluationFails() {
        assertThatThrownBy(
                        () ->
                                PrecisionTrial.ratio(
                                        model,
                                        Precision.BFLOAT16,
                                        () -> {
                                            throw new IllegalStateException("no memory");
                                        }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(calls).endsWith("BFLOAT16");
    }

    /** One of the two sleeps, so that noise does not decide. */
    @Test
    void whatTakesLongerHasTheLargerRatio() {
        Runnable slowInBfloat16 =
                () -> {
                    if (calls.get(calls.size() - 1).equals("BFLOAT16")) {
                        sleep();
                    }
                };

        assertThat(PrecisionTrial.ratio(model, Precision.BFLOAT16, slowInBfloat16))
                .isGreaterThan(1);
    }

    private static void sleep() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
