package io.zigma.op;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.base.GradientMode;
import io.zigma.op.cuda.CudaRuntime;
import io.zigma.op.cuda.StandIn;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A GPU on a machine that lacks something, played by a processor. */
class WithoutCudaTest {

    @TempDir Path folder;

    @Test
    void withoutADriverTheReferencesTakeOverWithOneWarning()
            throws IOException, InterruptedException {
        String said = run("-Dzigma.cuda.driver=" + folder.resolve("libcuda.so.1"));
        assertThat(said).containsOnlyOnce("slower operations are used").contains("driver");
    }

    @Test
    void withoutNvrtcTheReferencesTakeOverWithOneWarning()
            throws IOException, InterruptedException {
        String said =
                run(
                        "-Dzigma.cuda.driver=" + StandIn.driver().toAbsolutePath(),
                        "-Dzigma.nvrtc=" + folder.resolve("libnvrtc.so.13"));
        assertThat(said).containsOnlyOnce("slower operations are used").contains("ZIGMA_NVRTC");
    }

    private String run(String... options) throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--add-modules=jdk.incubator.vector");
        command.addAll(List.of(options));
        command.addAll(
                List.of(
                        "-Dai.djl.offline=true",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName()));
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        int status = process.waitFor();
        String said = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(status).as(said).isZero();
        return said;
    }

    /** Runs in a Java of its own. */
    static final class Child {

        private Child() {}

        public static void main(String[] arguments) {
            KernelSets.force(List.of(new CudaKernels(device -> CudaRuntime.of(Device.gpu(0)))));
            ScanProblem problem = new ScanProblem(1, 9, 5, 3, true, true, true, true, 1f, 1L);
            try (NDManager manager = NDManager.newBaseManager()) {
                ScanOperands operands = problem.operands(manager);
                NDArray expected =
                        GradientMode.off(() -> SelectiveScanReference.apply(operands).y());
                NDArray actual = GradientMode.off(() -> SelectiveScan.apply(operands));
                Close.assertClose("y", actual, expected, Tolerance.exact());
                Gradients.taped(
                        List.of(operands.u()),
                        problem.gradient(manager),
                        () -> SelectiveScan.apply(operands));
            }
            if (GpuSupport.missing().isEmpty()) {
                throw new AssertionError("nothing is missing");
            }
        }
    }
}
