package io.zigma.op;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.Random;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

class FusedNormTest {

    private static final double EPS = 1e-5;
    // wide enough for a few channels that nearly agree: their variance has few digits
    private static final Tolerance VALUE = Tolerance.ofLargest(1e-5, 1e-5);
    // absolute 2e-5: sums of hundreds of terms about 1, which may cancel
    private static final Tolerance GRADIENT = Tolerance.ofLargest(1e-4, 2e-5);
    private static final List<String> NAMES = List.of("x", "weight", "bias", "shift", "scale");

    /** What of the two results the gradients start from. */
    enum Used {
        NORM,
        MODULATED,
        BOTH;

        NDArray of(List<NDArray> results, NDArray weight) {
            return switch (this) {
                case NORM -> results.get(0);
                case MODULATED -> results.get(1);
                case BOTH -> results.get(1).add(results.get(0).mul(weight));
            };
        }
    }

    /** A random normalisation. */
    record Problem(
            int batch,
            int length,
            int size,
            boolean centred,
            boolean affine,
            boolean modulated,
            Used used,
            long seed) {

        NormOperands operands(NDManager manager) {
            Random random = new Random(seed);
            Shape row = new Shape(size);
            Shape bySequence = new Shape(batch, 1, size);
            return new NormOperands(
                    ScanProblem.normal(manager, random, new Shape(batch, length, size), 3).add(0.5),
                    affine ? ScanProblem.normal(manager, random, row, 1) : null,
                    affine && centred ? ScanProblem.normal(manager, random, row, 1) : null,
                    modulated ? ScanProblem.normal(manager, random, bySequence, 1) : null,
                    modulated ? ScanProblem.normal(manager, random, bySequence, 1) : null,
                    centred,
                    EPS);
        }

        NDArray weight(NDManager manager) {
            return ScanProblem.normal(
                    manager, new Random(~seed), new Shape(batch, length, size), 1);
        }

        /** One result out of those that the problem has. */
        NDArray result(
                NormOperands operands, NDArray weight, Function<NormOperands, List<NDArray>> norm) {
            List<NDArray> results = norm.apply(operands);
            return modulated ? used.of(results, weight) : results.get(0);
        }
    }

    @Provide
    Arbitrary<Problem> problems() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.of(1, 2, 7, 8, 9, 63, 65, 130),
                        Arbitraries.of(3, 4, 16, 17, 128, 129, 260),
                        Arbitraries.of(true, false),
                        Arbitraries.of(true, false),
                        Arbitraries.of(true, false),
                        Arbitraries.of(Used.values()),
                        Arbitraries.longs())
                .as(Problem::new);
    }

    @Property(tries = 40)
    void theFusedNormEqualsTheReference(@ForAll("problems") Problem problem) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NormOperands operands = problem.operands(manager);
            List<NDArray> expected = GradientMode.off(() -> NormReference.apply(operands));
            List<NDArray> actual = GradientMode.off(() -> Normalization.apply(operands));
            assertThat(actual).hasSameSizeAs(expected);
            for (int i = 0; i < actual.size(); i++) {
                Close.assertClose("result " + i, actual.get(i), expected.get(i), VALUE);
            }
        }
    }

    @Property(tries = 60)
    void theFusedGradientsEqualTheReferences(@ForAll("problems") Problem problem) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NormOperands operands = problem.operands(manager);
            NDArray weight = problem.weight(manager);
            List<@Nullable NDArray> leaves = leaves(problem, operands);
            List<@Nullable NDArray> expected =
                    Gradients.collected(
                            leaves,
                            weight,
                            () -> problem.result(operands, weight, NormReference::apply));
            List<@Nullable NDArray> actual =
                    Gradients.taped(
                            leaves,
                            weight,
                            () -> problem.result(operands, weight, Normalization::apply));
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
            NormOperands operands = problem.operands(manager);
            NDArray weight = problem.weight(manager);
            JniUtils.setNumThreads(1);
            final List<float[]> alone = everything(problem, operands, weight);
            JniUtils.setNumThreads(Math.max(2, before));
            // operands of its own, for a gradient that is added to a zeroed one turns −0 into 0
            assertThat(everything(problem, problem.operands(manager), weight))
                    .as("results, then gradients")
                    .usingRecursiveComparison()
                    .isEqualTo(alone);
        } finally {
            JniUtils.setNumThreads(before);
        }
    }

    /** All results, then all gradients. */
    private static List<float[]> everything(
            Problem problem, NormOperands operands, NDArray weight) {
        List<float[]> all = new ArrayList<>();
        GradientMode.off(() -> Normalization.apply(operands))
                .forEach(result -> all.add(result.toFloatArray()));
        for (NDArray gradient :
                Gradients.taped(
                        leaves(problem, operands),
                        weight,
                        () -> problem.result(operands, weight, Normalization::apply))) {
            if (gradient != null) {
                all.add(gradient.toFloatArray());
            }
        }
        return all;
    }

    /** The operands that gradients reach: shift and scale only if the modulated norm is used. */
    private static List<@Nullable NDArray> leaves(Problem problem, NormOperands operands) {
        List<@Nullable NDArray> leaves = new ArrayList<>(operands.arrays());
        if (problem.modulated() && problem.used() == Used.NORM) {
            return Arrays.asList(leaves.get(0), leaves.get(1), leaves.get(2), null, null);
        }
        return leaves;
    }
}
