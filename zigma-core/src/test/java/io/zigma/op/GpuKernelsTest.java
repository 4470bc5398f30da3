package io.zigma.op;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.base.GradientMode;
import io.zigma.engine.EngineStart;
import io.zigma.op.cuda.CudaRuntime;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The kernels on a real GPU against the engine's own operations there: values, gradients, and that
 * a second run gives the same bytes. {@link CudaOperationsTest} is the same without a GPU.
 */
class GpuKernelsTest {

    private static final Tolerance VALUE = Tolerance.ofLargest(5e-5, 5e-5);

    @BeforeAll
    static void requireGpu() {
        boolean cuda = EngineStart.engine().hasCapability("CUDA");
        Assumptions.assumeTrue(cuda, "needs a GPU, and libtorch for CUDA");
        Assumptions.assumeTrue(
                CudaRuntime.of(Device.gpu()) != null, "needs NVIDIA's driver and NVRTC");
    }

    static Stream<ScanProblem> scans() {
        return Stream.concat(
                Stream.concat(CudaOperationsTest.scans(), CudaOperationsTest.longScans()),
                Stream.of(
                        new ScanProblem(1, 1024, 1536, 16, true, true, true, true, 1f, 11L),
                        new ScanProblem(1, 257, 1536, 16, true, true, true, true, 1f, 8L),
                        new ScanProblem(33, 49, 384, 16, true, true, true, true, 1f, 9L)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("scans")
    void theScanEqualsTheReference(ScanProblem problem) {
        try (NDManager manager = EngineStart.newManager(Device.gpu())) {
            ScanOperands operands = problem.operands(manager);
            assertSame(
                    ScanProblem.NAMES,
                    operands.arrays(),
                    problem.gradient(manager),
                    () -> SelectiveScan.apply(operands),
                    () -> SelectiveScanReference.apply(operands).y());
        }
    }

    static Stream<CausalConvolutionTest.Problem> convolutions() {
        return CudaOperationsTest.convolutions();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("convolutions")
    void theConvolutionEqualsTheReference(CausalConvolutionTest.Problem problem) {
        try (NDManager manager = EngineStart.newManager(Device.gpu())) {
            List<@Nullable NDArray> operands = problem.operands(manager);
            assertSame(
                    List.of("x", "weight", "bias"),
                    operands,
                    problem.weight(manager),
                    () -> problem.apply(operands),
                    () -> problem.reference(operands));
        }
    }

    static Stream<FusedNormTest.Problem> norms() {
        return CudaOperationsTest.norms();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("norms")
    void theNormEqualsTheReference(FusedNormTest.Problem problem) {
        try (NDManager manager = EngineStart.newManager(Device.gpu())) {
            NormOperands operands = problem.operands(manager);
            NDArray weight = problem.weight(manager);
            assertSame(
                    List.of("x", "weight", "bias", "shift", "scale"),
                    operands.arrays(),
                    weight,
                    () -> problem.result(operands, weight, Normalization::apply),
                    () -> problem.result(operands, weight, NormReference::apply));
        }
    }

    private static void assertSame(
            List<String> names,
            List<@Nullable NDArray> leaves,
            NDArray weight,
            Supplier<NDArray> operation,
            Supplier<NDArray> reference) {
        NDArray value = GradientMode.off(operation);
        Close.assertClose("value", value, GradientMode.off(reference), VALUE);
        assertThat(GradientMode.off(operation).toFloatArray())
                .as("the second time")
                .isEqualTo(value.toFloatArray());
        List<@Nullable NDArray> expected = Gradients.collected(leaves, weight, reference);
        List<@Nullable NDArray> first = Gradients.taped(leaves, weight, operation);
        List<@Nullable NDArray> second = Gradients.taped(leaves, weight, operation);
        for (int i = 0; i < leaves.size(); i++) {
            NDArray actual = first.get(i);
            NDArray other = expected.get(i);
            NDArray again = second.get(i);
            if (actual != null && other != null && again != null) {
                Close.assertClose("gradient of " + names.get(i), actual, other, VALUE);
                assertThat(again.toFloatArray())
                        .as("gradient of %s, the second time", names.get(i))
                        .isEqualTo(actual.toFloatArray());
            }
        }
    }
}
