package io.zigma.op;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import io.zigma.base.GradientMode;
import io.zigma.scan.ScanPath;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
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

class CausalConvolutionTest {

    // absolute 2e-5: sums of hundreds of terms about 1, which may cancel
    private static final Tolerance GRADIENT = Tolerance.ofLargest(5e-6, 2e-5);
    private static final List<String> NAMES = List.of("x", "weight", "bias");

    /** A random convolution. */
    record Problem(int batch, int length, int channels, int taps, boolean bias, long seed) {

        ScanPath path() {
            return ScanProblem.randomPath(length, seed);
        }

        List<@Nullable NDArray> operands(NDManager manager) {
            Random random = new Random(seed);
            return Arrays.asList(
                    ScanProblem.normal(manager, random, new Shape(batch, length, channels), 1),
                    ScanProblem.normal(manager, random, new Shape(channels, 1, taps), 1),
                    bias ? ScanProblem.normal(manager, random, new Shape(channels), 1) : null);
        }

        NDArray weight(NDManager manager) {
            return ScanProblem.normal(
                    manager, new Random(~seed), new Shape(batch, length, channels), 1);
        }

        NDArray apply(List<@Nullable NDArray> operands) {
            return CausalConvolution.silu(
                    operands.get(0), operands.get(1), operands.get(2), path());
        }

        NDArray reference(List<@Nullable NDArray> operands) {
            return CausalConvolution.reference(
                    operands.get(0), operands.get(1), operands.get(2), path());
        }
    }

    @Provide
    Arbitrary<Problem> problems() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.of(1, 2, 3, 31, 32, 33, 65, 100),
                        Arbitraries.of(1, 3, 16, 17, 127, 129, 260),
                        Arbitraries.of(1, 2, 3, 4, 7, 40),
                        Arbitraries.of(true, false),
                        Arbitraries.longs())
                .as(Problem::new);
    }

    @Property(tries = 60)
    void theFusedConvolutionEqualsTheReference(@ForAll("problems") Problem problem) {
        try (NDManager manager = NDManager.newBaseManager()) {
            List<@Nullable NDArray> operands = problem.operands(manager);
            NDArray expected = GradientMode.off(() -> problem.reference(operands));
            NDArray actual = GradientMode.off(() -> problem.apply(operands));
            Close.assertClose("y", actual, expected, Tolerance.ofLargest(1e-6, 1e-6));
        }
    }

    @Property(tries = 60)
    void theFusedGradientsEqualTheReferences(@ForAll("problems") Problem problem) {
        try (NDManager manager = NDManager.newBaseManager()) {
            List<@Nullable NDArray> operands = problem.operands(manager);
            NDArray weight = problem.weight(manager);
            List<@Nullable NDArray> expected =
                    Gradients.collected(operands, weight, () -> problem.reference(operands));
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
            List<@Nullable NDArray> operands = problem.operands(manager);
            NDArray weight = problem.weight(manager);
            JniUtils.setNumThreads(1);
            final NDArray y = GradientMode.off(() -> problem.apply(operands));
            final List<@Nullable NDArray> gradients =
                    Gradients.taped(operands, weight, () -> problem.apply(operands));
            JniUtils.setNumThreads(Math.max(2, before));
            assertThat(GradientMode.off(() -> problem.apply(operands)).toFloatArray())
                    .isEqualTo(y.toFloatArray());
            // operands of its own, for a gradient that is added to a zeroed one turns −0 into 0
            List<@Nullable NDArray> fresh = problem.operands(manager);
            List<@Nullable NDArray> again =
                    Gradients.taped(fresh, weight, () -> problem.apply(fresh));
            for (int i = 0; i < again.size(); i++) {
                NDArray gradient = again.get(i);
                NDArray first = gradients.get(i);
                if (gradient != null && first != null) {
                    assertThat(gradient.toFloatArray())
                            .as("gradient of " + NAMES.get(i))
                            .isEqualTo(first.toFloatArray());
                }
            }
        } finally {
            JniUtils.setNumThreads(before);
        }
    }
}
