package io.zigma.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import io.zigma.base.GradientMode;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

class FusedGroupNormTest {

    private static final double EPSILON = 1e-5;
    private static final Tolerance VALUE = Tolerance.ofLargest(1e-5, 1e-5);
    // absolute 2e-5: sums of hundreds of terms about 1, which may cancel
    private static final Tolerance GRADIENT = Tolerance.ofLargest(1e-4, 2e-5);
    private static final List<String> NAMES = List.of("x", "weight", "bias", "scale", "shift");

    /** A random norm. */
    record Problem(
            int batch,
            int groups,
            int width,
            int height,
            int sideways,
            boolean silu,
            boolean modulated,
            long seed) {

        Shape pictures() {
            return new Shape(batch, (long) groups * width, height, sideways);
        }

        List<@Nullable NDArray> operands(NDManager manager) {
            Random random = new Random(seed);
            Shape channels = new Shape((long) groups * width);
            Shape each = new Shape(batch, (long) groups * width);
            return Arrays.asList(
                    ScanProblem.normal(manager, random, pictures(), 3).add(0.5),
                    ScanProblem.normal(manager, random, channels, 1),
                    ScanProblem.normal(manager, random, channels, 1),
                    modulated ? ScanProblem.normal(manager, random, each, 1) : null,
                    modulated ? ScanProblem.normal(manager, random, each, 1) : null);
        }

        NDArray weight(NDManager manager) {
            return ScanProblem.normal(manager, new Random(~seed), pictures(), 1);
        }

        NDArray apply(List<@Nullable NDArray> operands) {
            NDArray x = Objects.requireNonNull(operands.get(0));
            NDArray weight = Objects.requireNonNull(operands.get(1));
            NDArray bias = Objects.requireNonNull(operands.get(2));
            return modulated
                    ? GroupNormalization.applyModulatedSilu(
                            x,
                            weight,
                            bias,
                            Objects.requireNonNull(operands.get(3)),
                            Objects.requireNonNull(operands.get(4)),
                            groups,
                            EPSILON)
                    : GroupNormalization.apply(x, weight, bias, groups, EPSILON, silu);
        }
    }

    // groups of five numbers at least: two or three may be so close to each other that their mean
    // has no digits left, and then
    // kernel and reference are both wrong
    @Provide
    Arbitrary<Problem> problems() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.of(1, 2, 5, 32),
                        Arbitraries.of(1, 2, 3),
                        Arbitraries.of(1, 3, 8, 47),
                        Arbitraries.of(5, 7, 16, 50),
                        Arbitraries.of(true, false),
                        Arbitraries.of(true, false),
                        Arbitraries.longs())
                .as(Problem::new);
    }

    @Property(tries = 40)
    void theKernelEqualsTheReference(@ForAll("problems") Problem problem) {
        try (NDManager manager = NDManager.newBaseManager()) {
            List<@Nullable NDArray> operands = problem.operands(manager);
            NDArray expected = ReferencePath.run(() -> problem.apply(operands));
            NDArray actual;
            try (GradientTape ignored = GradientTape.open()) {
                actual = problem.apply(operands);
            }
            Close.assertClose("result", actual, expected, VALUE);
        }
    }

    @Property(tries = 40)
    void theEnginesOperatorEqualsTheReference(@ForAll("problems") Problem problem) {
        try (NDManager manager = NDManager.newBaseManager()) {
            List<@Nullable NDArray> operands = problem.operands(manager);
            NDArray expected = ReferencePath.run(() -> problem.apply(operands));
            Close.assertClose(
                    "result", GradientMode.off(() -> problem.apply(operands)), expected, VALUE);
        }
    }

    @Property(tries = 60)
    void theKernelsGradientsEqualTheReferences(@ForAll("problems") Problem problem) {
        try (NDManager manager = NDManager.newBaseManager()) {
            List<@Nullable NDArray> operands = problem.operands(manager);
            NDArray weight = problem.weight(manager);
            List<@Nullable NDArray> expected =
                    Gradients.collected(operands, weight, () -> problem.apply(operands));
            List<@Nullable NDArray> actual =
                    Gradients.taped(operands, weight, () -> problem.apply(operands));
            for (int i = 0; i < actual.size(); i++) {
                NDArray gradient = actual.get(i);
                NDArray wanted = expected.get(i);
                if (gradient != null && wanted != null) {
                    Close.assertClose("gradient of " + NAMES.get(i), gradient, wanted, GRADIENT);
                }
            }
        }
    }

    @Property(tries = 20)
    void theNumberOfThreadsChangesNoBit(@ForAll("problems") Problem problem) {
        int before = JniUtils.getNumThreads();
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray weight = problem.weight(manager);
            JniUtils.setNumThreads(1);
            final List<float[]> alone = everything(problem, problem.operands(manager), weight);
            JniUtils.setNumThreads(Math.max(2, before));
            assertThat(everything(problem, problem.operands(manager), weight))
                    .usingRecursiveComparison()
                    .isEqualTo(alone);
        } finally {
            JniUtils.setNumThreads(before);
        }
    }

    @Property(tries = 10)
    void aPictureDoesNotDependOnTheOthersOfItsBatch(@ForAll("problems") Problem problem) {
        try (NDManager manager = NDManager.newBaseManager();
                GradientTape ignored = GradientTape.open()) {
            List<@Nullable NDArray> operands = problem.operands(manager);
            NDArray all = problem.apply(operands);
            List<@Nullable NDArray> last = new ArrayList<>(operands);
            for (int i : new int[] {0, 3, 4}) {
                NDArray operand = operands.get(i);
                last.set(i, operand == null ? null : operand.get((problem.batch() - 1) + ":"));
            }
            assertThat(problem.apply(last).toFloatArray())
                    .isEqualTo(all.get((problem.batch() - 1) + ":").toFloatArray());
        }
    }

    private static List<float[]> everything(
            Problem problem, List<@Nullable NDArray> operands, NDArray weight) {
        List<float[]> all = new ArrayList<>();
        for (NDArray gradient : Gradients.taped(operands, weight, () -> problem.apply(operands))) {
            if (gradient != null) {
                all.add(gradient.toFloatArray());
            }
        }
        return all;
    }

    @Example
    void recomputedBlocksGiveTheSameBits() {
        Problem problem = new Problem(2, 4, 2, 5, 7, true, true, 3);
        try (NDManager manager = NDManager.newBaseManager()) {
            List<@Nullable NDArray> operands = problem.operands(manager);
            NDArray weight = problem.weight(manager);
            List<@Nullable NDArray> recorded =
                    Gradients.taped(operands, weight, () -> inABlock(problem, operands));
            List<@Nullable NDArray> recomputed =
                    Gradients.recomputed(operands, weight, () -> inABlock(problem, operands));
            for (int i = 0; i < operands.size(); i++) {
                assertThat(Objects.requireNonNull(recomputed.get(i)).toFloatArray())
                        .as(NAMES.get(i))
                        .isEqualTo(Objects.requireNonNull(recorded.get(i)).toFloatArray());
            }
        }
    }

    private static NDArray inABlock(Problem problem, List<@Nullable NDArray> operands) {
        return GradientTape.block(operands, problem::apply);
    }

    @Example
    void aLargeMeanLeavesTheVarianceItsDigits() {
        try (NDManager manager = NDManager.newBaseManager();
                GradientTape ignored = GradientTape.open()) {
            NDArray x =
                    ScanProblem.normal(manager, new Random(5), new Shape(1, 2, 300, 300), 1)
                            .add(1000);
            NDArray one = manager.ones(new Shape(2));
            NDArray y = GroupNormalization.apply(x, one, one.mul(0), 1, EPSILON, false);
            assertThat(y.mul(y).mean().getFloat()).isBetween(0.999f, 1.001f);
            assertThat(y.mean().getFloat()).isBetween(-1e-3f, 1e-3f);
        }
    }

    @Example
    void theTapeKeepsThePictureAndLittleElse() {
        try (NDManager manager = NDManager.newBaseManager();
                GradientTape tape = GradientTape.open()) {
            NDArray x = manager.ones(new Shape(1, 4, 8, 8));
            x.setRequiresGradient(true);
            NDArray one = manager.ones(new Shape(4));
            NDArray y = GroupNormalization.apply(x, one, one, 2, EPSILON, true);
            assertThat(GradientRoot.kindOf(y))
                    .as("a cut of the graph, so that the engine records nothing of it")
                    .isEqualTo(GradientRoot.Kind.LEAF);
            tape.backward(y.sum());
        }
    }

    @Example
    void groupsOfOneAndTwoNumbersAreNormalised() {
        try (NDManager manager = NDManager.newBaseManager();
                GradientTape ignored = GradientTape.open()) {
            NDArray one = manager.ones(new Shape(2));
            NDArray pairs = manager.create(new float[] {1, 5, -3, -2}, new Shape(1, 2, 1, 2));
            float[] normal = {-1, 1, -1, 1};
            assertThat(
                            GroupNormalization.apply(pairs, one, one.mul(0), 2, EPSILON, false)
                                    .toFloatArray())
                    .containsExactly(normal, within(1e-4f));
            NDArray alone = manager.create(new float[] {4, -7}, new Shape(1, 2, 1, 1));
            assertThat(
                            GroupNormalization.apply(alone, one, one.mul(3), 2, EPSILON, false)
                                    .toFloatArray())
                    .containsExactly(3, 3);
        }
    }

    @Example
    void operandsThatDoNotFitAreRefused() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.ones(new Shape(2, 6, 2, 2));
            NDArray wrong = manager.ones(new Shape(5));
            NDArray each = manager.ones(new Shape(2, 6));
            assertThatThrownBy(() -> GroupNormalization.apply(x, wrong, wrong, 2, EPSILON, true))
                    .hasMessageContaining("a norm of 2 groups needs");
            assertThatThrownBy(() -> GroupNormalization.apply(x, each, each, 2, EPSILON, true))
                    .hasMessageContaining("the same for all pictures");
            NDArray right = manager.ones(new Shape(6));
            assertThatThrownBy(() -> GroupNormalization.apply(x, right, right, 4, EPSILON, true))
                    .hasMessageContaining("a norm of 4 groups needs");
        }
    }
}
