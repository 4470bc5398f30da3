package io.zigma.testing;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.Test;

class CloseTest {

    @Test
    void theMessageSaysWhatWhereAndHowMuch() {
        try (NDManager manager = NDManager.newBaseManager()) {
            var expected = manager.zeros(new Shape(2, 3));
            var actual = manager.create(new float[] {0, 0, 0, 0, 0.5f, 0}, new Shape(2, 3));
            assertThatThrownBy(
                            () ->
                                    Close.assertClose(
                                            "out.y",
                                            actual,
                                            expected,
                                            Tolerance.elementwise(0, 0.25)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContainingAll("out.y", "0.5", "[1, 1]", "1 of 6", "0.25");
        }
    }

    @Test
    void theLargestElementSetsTheBoundOfAllWhenAsked() {
        float[] expected = {100, 0};
        float[] actual = {100, 0.5f};
        assertThatCode(() -> Close.assertClose("x", actual, expected, Tolerance.ofLargest(0.01, 0)))
                .doesNotThrowAnyException();
        assertThatThrownBy(
                        () ->
                                Close.assertClose(
                                        "x", actual, expected, Tolerance.elementwise(0.01, 0)))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void whatIsNotANumberIsNeverClose() {
        assertThatThrownBy(
                        () ->
                                Close.assertClose(
                                        "x",
                                        new float[] {Float.NaN},
                                        new float[] {1},
                                        Tolerance.ofLargest(1e9, 1e9)))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void equalInfinitiesAreClose() {
        float[] infinite = {Float.NEGATIVE_INFINITY, Float.NaN};
        assertThatCode(() -> Close.assertClose("x", infinite, infinite, Tolerance.exact()))
                .doesNotThrowAnyException();
    }
}
