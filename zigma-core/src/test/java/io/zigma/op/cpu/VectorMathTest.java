package io.zigma.op.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import jdk.incubator.vector.FloatVector;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import org.junit.jupiter.api.Test;

class VectorMathTest {

    @Property
    void softplusIsAccurateForSmallAndLargeArguments(
            @ForAll @FloatRange(min = -80, max = 200) float x) {
        assertWithinUnits(VectorMath::softplus, v -> Math.log1p(Math.exp(v)), x, 3);
    }

    @Property
    void sigmoidIsAccurateOnBothSides(@ForAll @FloatRange(min = -80, max = 80) float x) {
        assertWithinUnits(VectorMath::sigmoid, v -> 1 / (1 + Math.exp(-v)), x, 3);
    }

    @Test
    void nothingLeavesTheNumbersHoweverLargeTheArgument() {
        for (float x : new float[] {-Float.MAX_VALUE, -1e6f, -100, 100, 1e6f, Float.MAX_VALUE}) {
            assertThat(first(VectorMath::sigmoid, x)).as("sigmoid of %s", x).isBetween(0f, 1f);
            assertThat(first(VectorMath::softplus, x))
                    .as("softplus of %s", x)
                    .isBetween(Math.max(0, x), Math.max(0, x) + 1e-30f);
        }
    }

    private static void assertWithinUnits(
            UnaryOperator<FloatVector> actual, DoubleUnaryOperator exact, float x, double units) {
        double expected = exact.applyAsDouble(x);
        assertThat((double) first(actual, x))
                .as("at %s", x)
                .isBetween(
                        expected - units * Math.ulp((float) expected),
                        expected + units * Math.ulp((float) expected));
    }

    private static float first(UnaryOperator<FloatVector> function, float x) {
        return function.apply(FloatVector.broadcast(VectorMath.SPECIES, x)).lane(0);
    }
}
