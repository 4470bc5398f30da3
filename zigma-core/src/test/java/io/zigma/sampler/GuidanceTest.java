package io.zigma.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuidanceTest {

    private static final ModelFunction CONDITIONAL = (x, t) -> x.mul(0.3).add(1);
    private static final ModelFunction UNCONDITIONAL = (x, t) -> x.mul(-0.7);

    /** The first half of the batch has the condition. */
    private static final ModelFunction BOTH =
            (x, t) -> {
                long half = x.size(0) / 2;
                assertThat(t.getShape()).isEqualTo(new Shape(2 * half));
                NDArray with = CONDITIONAL.predict(x.get("0:{}", half), t);
                return with.concat(UNCONDITIONAL.predict(x.get("{}:", half), t));
            };

    @Test
    void scaleOneIsTheConditionalModelToTheLastBit() {
        assertSame(Guidance.of(CONDITIONAL, UNCONDITIONAL, 1), CONDITIONAL);
        assertSame(batched(new GuidanceStrength(1)), CONDITIONAL);
    }

    @Test
    void scaleZeroIsTheUnconditionalModelToTheLastBit() {
        assertSame(Guidance.of(CONDITIONAL, UNCONDITIONAL, 0), UNCONDITIONAL);
        assertSame(batched(new GuidanceStrength(0)), UNCONDITIONAL);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 1.5, 7})
    void otherScalesGoAlongTheDifference(double scale) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.create(new float[] {0.1f, 2, -3, 0.7f}, new Shape(2, 2));
            NDArray t = manager.create(new float[] {0.5f, 0.5f});
            NDArray base = UNCONDITIONAL.predict(x, t);
            NDArray expected = base.add(CONDITIONAL.predict(x, t).sub(base).mul(scale));
            Tolerance tolerance = Tolerance.ofLargest(1e-6, 0);
            Close.assertClose(
                    "guided",
                    Guidance.of(CONDITIONAL, UNCONDITIONAL, scale).predict(x, t),
                    expected,
                    tolerance);
            Close.assertClose(
                    "guided in one batch",
                    batched(new GuidanceStrength(scale)).predict(x, t),
                    expected,
                    tolerance);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
    void aScaleThatIsNotFiniteIsRefused(double scale) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Guidance.of(CONDITIONAL, UNCONDITIONAL, scale))
                .withMessageContaining("must be a finite number");
    }

    @Test
    void outsideItsTimesOnlyTheConditionalModelIsAsked() {
        ModelFunction guided =
                Guidance.batched(
                        (x, t) -> {
                            throw new AssertionError("asked without the condition");
                        },
                        CONDITIONAL,
                        new GuidanceStrength(3, 0.6, 0.9));
        assertSame(guided, CONDITIONAL);
    }

    @Test
    void withinItsTimesTheModelIsGuided() {
        ModelFunction guided = batched(new GuidanceStrength(3, 0.4, 0.5));
        assertSame(guided, batched(new GuidanceStrength(3)));
    }

    private static ModelFunction batched(GuidanceStrength strength) {
        return Guidance.batched(BOTH, CONDITIONAL, strength);
    }

    private static void assertSame(ModelFunction actual, ModelFunction expected) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.create(new float[] {0.1f, 2, -3, 0.7f}, new Shape(2, 2));
            NDArray t = manager.create(new float[] {0.5f, 0.5f});
            assertThat(actual.predict(x, t).toFloatArray())
                    .isEqualTo(expected.predict(x, t).toFloatArray());
        }
    }
}
