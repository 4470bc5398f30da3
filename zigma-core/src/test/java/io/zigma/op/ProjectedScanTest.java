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
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A scan that computes delta itself, against one that is given it. */
class ProjectedScanTest {

    private static final Tolerance VALUE = Tolerance.ofLargest(5e-5, 5e-5);
    private static final List<String> NAMES =
            List.of("u", "dtBC", "dtProj", "A", "D", "gate", "dtBias");

    /**
     * A scan whose delta is a product.
     *
     * @param scan everything else
     * @param rank R
     */
    record Problem(ScanProblem scan, int rank) {

        ProjectedScan operands(NDManager manager) {
            ScanOperands given = scan.operands(manager);
            Random random = new Random(scan.seed() + 1);
            Shape low = new Shape(scan.batch(), scan.length(), rank);
            Shape weight = new Shape(scan.channels(), rank);
            float size = scan.deltaScale() / (float) Math.sqrt(rank);
            return new ProjectedScan(
                    given.u(),
                    ScanProblem.normal(manager, random, low, 1)
                            .concat(given.b(), 2)
                            .concat(given.c(), 2),
                    ScanProblem.normal(manager, random, weight, size),
                    given.a(),
                    given.d(),
                    given.gate(),
                    given.dtBias(),
                    given.path());
        }
    }

    @Provide
    Arbitrary<Problem> problems() {
        return Combinators.combine(ScanProblem.any(), Arbitraries.of(1, 3, 16, 17, 48))
                .as(Problem::new);
    }

    private static NDArray scan(ProjectedScan scan) {
        return SelectiveScan.apply(
                scan.u(),
                scan.dtBC(),
                scan.dtProj(),
                scan.a(),
                scan.d(),
                scan.gate(),
                scan.dtBias(),
                scan.path());
    }

    private static NDArray reference(ProjectedScan scan) {
        return SelectiveScanReference.apply(scan.separate()).y();
    }

    @Property(tries = 60)
    void theFusedScanEqualsTheReference(@ForAll("problems") Problem problem) {
        try (NDManager manager = NDManager.newBaseManager()) {
            ProjectedScan operands = problem.operands(manager);
            NDArray expected = GradientMode.off(() -> reference(operands));
            NDArray actual = GradientMode.off(() -> scan(operands));
            Close.assertClose("y", actual, expected, VALUE);
        }
    }

    @Property(tries = 20)
    void gradientsEqualTheReferences(@ForAll("problems") Problem problem) {
        try (NDManager manager = NDManager.newBaseManager()) {
            ProjectedScan operands = problem.operands(manager);
            NDArray weight = problem.scan().gradient(manager);
            List<@Nullable NDArray> expected =
                    Gradients.collected(operands.arrays(), weight, () -> reference(operands));
            List<@Nullable NDArray> actual =
                    Gradients.taped(operands.arrays(), weight, () -> scan(operands));
            for (int i = 0; i < actual.size(); i++) {
                NDArray gradient = actual.get(i);
                NDArray wanted = expected.get(i);
                if (gradient != null && wanted != null) {
                    Close.assertClose("gradient of " + NAMES.get(i), gradient, wanted, VALUE);
                }
            }
        }
    }

    @Property(tries = 20)
    void neitherThreadsNorTheRestOfTheBatchChangeABit(@ForAll("problems") Problem problem) {
        int before = JniUtils.getNumThreads();
        try (NDManager manager = NDManager.newBaseManager()) {
            ProjectedScan operands = problem.operands(manager);
            JniUtils.setNumThreads(1);
            float[] y = GradientMode.off(() -> scan(operands)).toFloatArray();
            JniUtils.setNumThreads(Math.max(2, before));
            assertThat(GradientMode.off(() -> scan(operands)).toFloatArray()).isEqualTo(y);
            NDArray gate = operands.gate();
            ProjectedScan last =
                    new ProjectedScan(
                            operands.u().get("-1:"),
                            operands.dtBC().get("-1:"),
                            operands.dtProj(),
                            operands.a(),
                            operands.d(),
                            gate == null ? null : gate.get("-1:"),
                            operands.dtBias(),
                            operands.path());
            float[] alone = GradientMode.off(() -> scan(last)).toFloatArray();
            assertThat(y).endsWith(alone);
        } finally {
            JniUtils.setNumThreads(before);
        }
    }

    @Test
    void operandsNeedNotBeContiguous() {
        ScanProblem scan = new ScanProblem(2, 20, 24, 6, true, true, true, true, 1f, 5L);
        try (NDManager manager = NDManager.newBaseManager()) {
            ProjectedScan plain = new Problem(scan, 5).operands(manager);
            ProjectedScan turned =
                    new ProjectedScan(
                            plain.u(),
                            plain.dtBC().transpose(2, 1, 0).duplicate().transpose(2, 1, 0),
                            plain.dtProj().transpose().duplicate().transpose(),
                            plain.a(),
                            plain.d(),
                            plain.gate(),
                            plain.dtBias(),
                            plain.path());
            assertThat(GradientMode.off(() -> scan(turned)).toFloatArray())
                    .isEqualTo(GradientMode.off(() -> scan(plain)).toFloatArray());
        }
    }

    @Test
    void operandsOfTheWrongShapeAreRefusedByName() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray u = manager.zeros(new Shape(1, 4, 3));
            NDArray a = manager.zeros(new Shape(3, 2));
            NDArray dtBC = manager.zeros(new Shape(1, 4, 9));
            NDArray weight = manager.zeros(new Shape(3, 4));
            ScanPath path = ScanPath.straight(4);
            assertThatThrownBy(
                            () -> SelectiveScan.apply(u, dtBC, weight, a, null, null, null, path))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("must be (1, 4, 8), not (1, 4, 9)");
            assertThatThrownBy(
                            () ->
                                    SelectiveScan.apply(
                                            u, dtBC, a.transpose(), a, null, null, null, path))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("must be (E, R) with E = 3 as in u, not (2, 3)");
        }
    }
}
