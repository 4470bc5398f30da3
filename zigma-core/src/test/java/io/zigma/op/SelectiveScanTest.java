package io.zigma.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import io.zigma.base.GradientMode;
import io.zigma.scan.ScanPath;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SelectiveScanTest {

    // absolute 2e-5: sums of hundreds of terms about 1, which may cancel
    // as the official fixtures state for the scan, of the largest: small sums of large terms cancel
    // up to 32 terms of either sign are summed in another order: where they cancel, the rounding of
    // the largest stays (seen once in thousands of problems at 1e-5)
    private static final Tolerance VALUE = Tolerance.ofLargest(5e-5, 5e-5);
    private static final Tolerance GRADIENT = Tolerance.ofLargest(5e-5, 5e-5);

    @Provide
    Arbitrary<ScanProblem> problems() {
        return ScanProblem.any();
    }

    @Property(tries = 60)
    void theFusedScanEqualsTheReference(@ForAll("problems") ScanProblem problem) {
        try (NDManager manager = NDManager.newBaseManager()) {
            ScanOperands operands = problem.operands(manager);
            NDArray expected = GradientMode.off(() -> SelectiveScanReference.apply(operands).y());
            NDArray actual = GradientMode.off(() -> SelectiveScan.apply(operands));
            Close.assertClose("y", actual, expected, VALUE);
        }
    }

    @Property(tries = 60)
    void theFusedGradientsEqualTheReferences(@ForAll("problems") ScanProblem problem) {
        try (NDManager manager = NDManager.newBaseManager()) {
            ScanOperands operands = problem.operands(manager);
            NDArray weight = problem.gradient(manager);
            List<@Nullable NDArray> expected =
                    Gradients.collected(
                            operands.arrays(),
                            weight,
                            () -> SelectiveScanReference.apply(operands).y());
            List<@Nullable NDArray> actual =
                    Gradients.taped(operands.arrays(), weight, () -> SelectiveScan.apply(operands));
            for (int i = 0; i < actual.size(); i++) {
                NDArray gradient = actual.get(i);
                NDArray wanted = expected.get(i);
                if (gradient != null && wanted != null) {
                    Close.assertClose(
                            "gradient of " + ScanProblem.NAMES.get(i), gradient, wanted, GRADIENT);
                }
            }
        }
    }

    @Property(tries = 30)
    void theNumberOfThreadsChangesNoBit(@ForAll("problems") ScanProblem problem) {
        int before = JniUtils.getNumThreads();
        try (NDManager manager = NDManager.newBaseManager()) {
            ScanOperands operands = problem.operands(manager);
            NDArray weight = problem.gradient(manager);
            JniUtils.setNumThreads(1);
            final NDArray y = GradientMode.off(() -> SelectiveScan.apply(operands));
            final List<@Nullable NDArray> gradients =
                    Gradients.taped(operands.arrays(), weight, () -> SelectiveScan.apply(operands));
            JniUtils.setNumThreads(Math.max(2, before));
            assertThat(GradientMode.off(() -> SelectiveScan.apply(operands)).toFloatArray())
                    .isEqualTo(y.toFloatArray());
            // operands of its own, for a gradient that is added to a zeroed one turns −0 into 0
            ScanOperands fresh = problem.operands(manager);
            List<@Nullable NDArray> again =
                    Gradients.taped(fresh.arrays(), weight, () -> SelectiveScan.apply(fresh));
            for (int i = 0; i < again.size(); i++) {
                NDArray gradient = again.get(i);
                NDArray first = gradients.get(i);
                if (gradient != null && first != null) {
                    assertThat(gradient.toFloatArray())
                            .as("gradient of " + ScanProblem.NAMES.get(i))
                            .isEqualTo(first.toFloatArray());
                }
            }
        } finally {
            JniUtils.setNumThreads(before);
        }
    }

    @Test
    void operandsNeedNotBeContiguous() {
        ScanProblem problem = new ScanProblem(2, 20, 24, 6, true, true, true, true, 1f, 5L);
        try (NDManager manager = NDManager.newBaseManager()) {
            ScanOperands plain = problem.operands(manager);
            ScanOperands sliced =
                    new ScanOperands(
                            widened(plain.u()),
                            widened(plain.delta()),
                            widened(plain.a()),
                            widened(plain.b()),
                            widened(plain.c()),
                            plain.d(),
                            widened(plain.gate()),
                            plain.dtBias(),
                            true,
                            plain.path());
            int arrays = manager.getManagedArrays().size();
            NDArray expected = GradientMode.off(() -> SelectiveScan.apply(plain));
            NDArray actual = GradientMode.off(() -> SelectiveScan.apply(sliced));
            assertThat(actual.toFloatArray()).isEqualTo(expected.toFloatArray());
            assertThat(manager.getManagedArrays()).as("arrays left behind").hasSize(arrays + 2);
        }
    }

    /** The same numbers as a slice of a wider array. */
    private static NDArray widened(NDArray x) {
        return x.concat(x.neg(), -1).split(2, x.getShape().dimension() - 1).get(0);
    }

    @Test
    void operandsOfTheWrongShapeAreRefusedByName() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray u = manager.zeros(new Shape(1, 4, 3));
            NDArray a = manager.zeros(new Shape(3, 2));
            NDArray b = manager.zeros(new Shape(1, 4, 2));
            ScanPath path = ScanPath.straight(4);
            assertThatThrownBy(
                            () ->
                                    SelectiveScan.apply(
                                            u,
                                            u,
                                            a,
                                            manager.zeros(new Shape(1, 5, 2)),
                                            b,
                                            null,
                                            null,
                                            null,
                                            path))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("B must be (1, 4, 2), not (1, 5, 2)");
            assertThatThrownBy(
                            () ->
                                    SelectiveScan.apply(
                                            u, u, a, b, b, null, null, null, ScanPath.straight(5)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the path has 5 tokens, u has 4");
        }
    }
}
