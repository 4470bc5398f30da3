package io.zigma.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.base.GradientMode;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AttentionTest {

    private static final Tolerance VALUE = Tolerance.ofLargest(1e-5, 1e-6);
    // absolute 2e-5: sums of hundreds of terms about 1, which may cancel
    private static final Tolerance GRADIENT = Tolerance.ofLargest(1e-4, 2e-5);
    private static final List<String> NAMES = List.of("queries", "keys", "values");

    /** A random attention of {@code length} tokens to {@code context} others. */
    record Problem(int batch, int length, int context, int heads, int headSize, long seed) {

        NDArray queries(NDManager manager) {
            return normal(manager, length, 1);
        }

        NDArray keys(NDManager manager) {
            return normal(manager, context, 2);
        }

        NDArray values(NDManager manager) {
            return normal(manager, context, 3);
        }

        NDArray weight(NDManager manager) {
            return normal(manager, length, 4);
        }

        /** A text of each element of the batch, the first one being as long as the context. */
        NDArray mask(NDManager manager) {
            float[] mask = new float[batch * context];
            Random random = new Random(seed * 7 + 5);
            for (int i = 0; i < batch; i++) {
                int length = i == 0 ? context : 1 + random.nextInt(context);
                Arrays.fill(mask, i * context, i * context + length, 1);
            }
            return manager.create(mask, new Shape(batch, context));
        }

        private NDArray normal(NDManager manager, int tokens, int which) {
            Shape shape = new Shape(batch, tokens, (long) heads * headSize);
            return ScanProblem.normal(manager, new Random(seed * 7 + which), shape, 1.5f);
        }
    }

    @Provide
    Arbitrary<Problem> problems() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.of(1, 2, 7, 16, 65),
                        Arbitraries.of(1, 2, 3, 13, 77),
                        Arbitraries.of(1, 2, 3, 8),
                        Arbitraries.of(1, 2, 5, 64),
                        Arbitraries.longs())
                .as(Problem::new);
    }

    @Property(tries = 40)
    void everyTokenGetsTheWeightedMeanOfTheValues(@ForAll("problems") Problem problem) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray q = problem.queries(manager);
            NDArray k = problem.keys(manager);
            NDArray v = problem.values(manager);
            float[] expected = inDouble(problem, q, k, v);
            NDArray sampled = GradientMode.off(() -> Attention.apply(q, k, v, problem.heads()));
            Close.assertClose("sampling", sampled.toFloatArray(), expected, VALUE);
            try (GradientTape tape = GradientTape.open()) {
                q.setRequiresGradient(true);
                NDArray taped = Attention.apply(q, k, v, problem.heads());
                Close.assertClose("training", taped.toFloatArray(), expected, VALUE);
            }
        }
    }

    @Property(tries = 60)
    void theTapesGradientsEqualTheReferences(@ForAll("problems") Problem problem) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray q = problem.queries(manager);
            NDArray k = problem.keys(manager);
            NDArray v = problem.values(manager);
            NDArray weight = problem.weight(manager);
            List<@Nullable NDArray> leaves = List.of(q, k, v);
            List<@Nullable NDArray> expected =
                    Gradients.collected(
                            leaves,
                            weight,
                            () -> AttentionReference.apply(q, k, v, problem.heads(), null));
            List<@Nullable NDArray> actual =
                    Gradients.taped(
                            leaves, weight, () -> Attention.apply(q, k, v, problem.heads()));
            for (int i = 0; i < actual.size(); i++) {
                Close.assertClose(
                        "gradient of " + NAMES.get(i),
                        Objects.requireNonNull(actual.get(i)),
                        Objects.requireNonNull(expected.get(i)),
                        GRADIENT);
            }
        }
    }

    @Property(tries = 40)
    void maskedTokensGetNoWeight(@ForAll("problems") Problem problem) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray q = problem.queries(manager);
            NDArray k = problem.keys(manager);
            NDArray v = problem.values(manager);
            NDArray mask = problem.mask(manager);
            float[] expected = inDouble(problem, q, k, v, mask.toFloatArray());
            NDArray sampled =
                    GradientMode.off(() -> Attention.apply(q, k, v, problem.heads(), mask));
            Close.assertClose("sampling", sampled.toFloatArray(), expected, VALUE);
            try (GradientTape tape = GradientTape.open()) {
                q.setRequiresGradient(true);
                NDArray taped = Attention.apply(q, k, v, problem.heads(), mask);
                Close.assertClose("training", taped.toFloatArray(), expected, VALUE);
            }
        }
    }

    @Property(tries = 40)
    void theTapesGradientsEqualTheReferencesUnderAMask(@ForAll("problems") Problem problem) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray q = problem.queries(manager);
            NDArray k = problem.keys(manager);
            NDArray v = problem.values(manager);
            NDArray mask = problem.mask(manager);
            NDArray weight = problem.weight(manager);
            List<@Nullable NDArray> leaves = List.of(q, k, v);
            int heads = problem.heads();
            List<@Nullable NDArray> expected =
                    Gradients.collected(
                            leaves, weight, () -> AttentionReference.apply(q, k, v, heads, mask));
            List<@Nullable NDArray> actual =
                    Gradients.taped(leaves, weight, () -> Attention.apply(q, k, v, heads, mask));
            for (int i = 0; i < actual.size(); i++) {
                Close.assertClose(
                        "gradient of " + NAMES.get(i),
                        Objects.requireNonNull(actual.get(i)),
                        Objects.requireNonNull(expected.get(i)),
                        GRADIENT);
            }
            // what a masked token is makes no difference to anything
            NDArray hidden =
                    Objects.requireNonNull(actual.get(2)).mul(mask.neg().add(1).expandDims(2));
            assertThat(hidden.abs().max().getFloat()).isZero();
        }
    }

    @Test
    void aMaskOfAnotherShapeIsRefused() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray q = manager.zeros(new Shape(2, 4, 6));
            assertThatThrownBy(() -> Attention.apply(q, q, q, 2, manager.ones(new Shape(2, 3))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("is (2, 4), not (2, 3)");
        }
    }

    @Test
    void oneTokenOfContextIsTakenWhole() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Problem problem = new Problem(2, 5, 1, 4, 3, 9);
            NDArray v = problem.values(manager);
            NDArray result = Attention.apply(problem.queries(manager), problem.keys(manager), v, 4);
            assertThat(result.toFloatArray())
                    .isEqualTo(v.broadcast(new Shape(2, 5, 12)).toFloatArray());
        }
    }

    @Test
    void resultsBelongToTheQueriesAndNothingElseStays() {
        try (NDManager model = NDManager.newBaseManager();
                NDManager manager = NDManager.newBaseManager()) {
            Problem problem = new Problem(1, 4, 3, 2, 2, 9);
            NDArray q = problem.queries(manager);
            NDArray k = problem.keys(model);
            NDArray v = problem.values(model);
            NDArray result = GradientMode.off(() -> Attention.apply(q, k, v, 2));
            assertThat(result.getManager()).isSameAs(manager);
            assertThat(manager.getManagedArrays()).as("queries and result").hasSize(2);
            assertThat(model.getManagedArrays()).as("keys and values").hasSize(2);
        }
    }

    @Test
    void shapesThatDoNotFitAreRefused() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray q = manager.zeros(new Shape(2, 4, 6));
            NDArray k = manager.zeros(new Shape(1, 3, 6));
            assertThatThrownBy(() -> Attention.apply(q, k, k, 2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("not (2, 4, 6), (1, 3, 6) and (1, 3, 6)");
            assertThatThrownBy(() -> Attention.apply(q, q, q, 4))
                    .hasMessageContaining("attention of 4 heads");
        }
    }

    /** The equation element by element, in double precision. */
    private static float[] inDouble(Problem problem, NDArray q, NDArray k, NDArray v) {
        float[] all = new float[problem.batch() * problem.context()];
        Arrays.fill(all, 1);
        return inDouble(problem, q, k, v, all);
    }

    private static float[] inDouble(
            Problem problem, NDArray q, NDArray k, NDArray v, float[] mask) {
        int width = problem.heads() * problem.headSize();
        float[] queries = q.toFloatArray();
        float[] keys = k.toFloatArray();
        float[] values = v.toFloatArray();
        float[] result = new float[queries.length];
        for (int row = 0; row < problem.batch() * problem.length(); row++) {
            int image = row / problem.length();
            for (int from = 0; from < width; from += problem.headSize()) {
                double total = 0;
                double[] sums = new double[problem.headSize()];
                for (int other = 0; other < problem.context(); other++) {
                    if (mask[image * problem.context() + other] == 0) {
                        continue;
                    }
                    int at = (image * problem.context() + other) * width + from;
                    double score = 0;
                    for (int i = 0; i < problem.headSize(); i++) {
                        score += (double) queries[row * width + from + i] * keys[at + i];
                    }
                    double share = Math.exp(score / Math.sqrt(problem.headSize()));
                    total += share;
                    for (int i = 0; i < problem.headSize(); i++) {
                        sums[i] += share * values[at + i];
                    }
                }
                for (int i = 0; i < problem.headSize(); i++) {
                    result[row * width + from + i] = (float) (sums[i] / total);
                }
            }
        }
        return result;
    }
}
