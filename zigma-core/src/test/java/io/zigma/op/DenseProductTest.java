package io.zigma.op;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.zigma.base.GradientMode;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DenseProductTest {

    // sums of hundreds of products of numbers about 1
    private static final Tolerance CLOSE = Tolerance.ofLargest(1e-5, 1e-5);
    private static final List<String> NAMES = List.of("x", "weight", "bias");

    /** A random product. */
    record Problem(int batch, int length, int inputs, int outputs, boolean biased, long seed) {

        List<@Nullable NDArray> operands(NDManager manager) {
            Random random = new Random(seed);
            return Arrays.asList(
                    ScanProblem.normal(manager, random, new Shape(batch, length, inputs), 1),
                    ScanProblem.normal(manager, random, new Shape(outputs, inputs), 0.3f),
                    biased ? ScanProblem.normal(manager, random, new Shape(outputs), 1) : null);
        }

        NDArray weightOfResult(NDManager manager) {
            return ScanProblem.normal(
                    manager, new Random(~seed), new Shape(batch, length, outputs), 1);
        }
    }

    @Provide
    Arbitrary<Problem> problems() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 4),
                        // with and without divisors that serve: squares, primes, one token
                        Arbitraries.of(1, 16, 49, 64, 72, 97, 100, 121, 144, 196, 289),
                        Arbitraries.of(1, 15, 16, 17, 48, 63, 100, 160),
                        Arbitraries.of(1, 15, 16, 17, 48, 63, 100, 160),
                        Arbitraries.of(true, false),
                        Arbitraries.longs())
                .as(Problem::new);
    }

    @Property(tries = 60)
    void bothPathsGiveTheSameValuesAndGradients(@ForAll("problems") Problem problem) {
        try (NDManager manager = NDManager.newBaseManager()) {
            List<@Nullable NDArray> operands = problem.operands(manager);
            NDArray weight = problem.weightOfResult(manager);
            Close.assertClose(
                    "product",
                    GradientMode.off(() -> multiply(DensePath.CONVOLUTION, operands)),
                    GradientMode.off(() -> multiply(DensePath.LINEAR, operands)),
                    CLOSE);
            List<@Nullable NDArray> expected =
                    Gradients.taped(operands, weight, () -> multiply(DensePath.LINEAR, operands));
            List<@Nullable NDArray> actual =
                    Gradients.taped(
                            operands, weight, () -> multiply(DensePath.CONVOLUTION, operands));
            for (int i = 0; i < operands.size(); i++) {
                NDArray gradient = expected.get(i);
                if (gradient != null) {
                    Close.assertClose(
                            "gradient of " + NAMES.get(i), actual.get(i), gradient, CLOSE);
                }
            }
        }
    }

    @Property(tries = 60)
    void aSequenceGetsTheSameNumbersAloneAsInABatch(@ForAll("problems") Problem problem) {
        try (NDManager manager = NDManager.newBaseManager()) {
            List<@Nullable NDArray> operands = problem.operands(manager);
            for (DensePath path : DensePath.values()) {
                NDArray together = GradientMode.off(() -> multiply(path, operands));
                for (int i = 0; i < problem.batch(); i++) {
                    NDIndex one = new NDIndex("{}:{}", i, i + 1);
                    List<@Nullable NDArray> own = new ArrayList<>(operands);
                    own.set(0, operands.get(0).get(one).duplicate());
                    Close.assertClose(
                            "sequence %s by %s".formatted(i, path),
                            GradientMode.off(() -> multiply(path, own)),
                            together.get(one),
                            Tolerance.exact());
                }
            }
        }
    }

    @Test
    void whatHasNoAxisBesideItsInputsIsOneRow() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = ScanProblem.normal(manager, new Random(1), new Shape(32), 1);
            NDArray weight = ScanProblem.normal(manager, new Random(2), new Shape(16, 32), 1);
            NDArray y = GradientMode.off(() -> DenseProduct.apply(x, weight, null));
            Close.assertClose(
                    "product",
                    y,
                    GradientMode.off(() -> weight.matMul(x.reshape(32, 1)).reshape(16)),
                    CLOSE);
        }
    }

    @Test
    void noRowsAreNoResult() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.zeros(new Shape(0, 32));
            NDArray weight = manager.zeros(new Shape(16, 32));
            NDArray y = GradientMode.off(() -> DenseProduct.apply(x, weight, null));
            assertThat(y.getShape()).isEqualTo(new Shape(0, 16));
        }
    }

    @Test
    void aProductLeavesNothingBehindButItsResult() {
        try (NDManager model = NDManager.newBaseManager();
                NDManager manager = NDManager.newBaseManager()) {
            NDArray x = ScanProblem.normal(manager, new Random(1), new Shape(2, 64, 32), 1);
            NDArray weight = ScanProblem.normal(model, new Random(2), new Shape(16, 32), 1);
            NDArray y = DensePath.CONVOLUTION.multiply(x, weight, null);
            assertThat(y.getManager()).isSameAs(manager);
            assertThat(manager.getManagedArrays()).hasSize(2);
            assertThat(model.getManagedArrays()).hasSize(1);
        }
    }

    @Test
    void theViewOfTheTokensFollowsFromTheirNumberAlone() {
        assertThat(TokenPixels.images(1024)).isEqualTo(16);
        assertThat(TokenPixels.images(196)).isEqualTo(28);
        assertThat(TokenPixels.images(64)).isEqualTo(16);
        assertThat(TokenPixels.images(49)).as("no smaller divisor is large enough").isEqualTo(49);
        assertThat(TokenPixels.images(15)).as("too few tokens").isZero();
    }

    @Test
    void imagesOfAPixelOrTwoGetMoreTokens() {
        assertThat(TokenPixels.wholeLength(1, 257)).isEqualTo(260);
        assertThat(TokenPixels.wholeLength(2, 257)).isEqualTo(258);
        assertThat(TokenPixels.wholeLength(4, 257)).as("four pixels an image").isEqualTo(257);
        assertThat(TokenPixels.wholeLength(1, 258)).as("six pixels an image").isEqualTo(258);
        assertThat(TokenPixels.wholeLength(1, 49)).as("three pixels at most").isEqualTo(51);
        assertThat(TokenPixels.wholeLength(1, 17)).as("too short for more").isEqualTo(17);
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = ScanProblem.normal(manager, new Random(1), new Shape(1, 257, 32), 1);
            NDArray pixels = TokenPixels.of(x);
            assertThat(pixels.getShape()).isEqualTo(new Shape(20, 32, 13, 1));
            Close.assertClose("tokens", TokenPixels.tokens(pixels, 1, 257), x, Tolerance.exact());
        }
    }

    private static NDArray multiply(DensePath path, List<@Nullable NDArray> operands) {
        return path.multiply(operands.get(0), operands.get(1), operands.get(2));
    }
}
