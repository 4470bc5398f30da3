package io.zigma.op;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.base.GradientMode;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WithoutVectorModuleTest {

    @Test
    void theReferencesTakeOverQuietlyWhereJavaRunsWithoutTheVectorModule(@TempDir Path folder)
            throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Dai.djl.offline=true",
                                "-Dorg.slf4j.simpleLogger.log.io.zigma=debug",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Child.class.getName())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        int status = process.waitFor();
        String said = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(status).as(said).isZero();
        assertThat(said)
                .containsOnlyOnce("fused kernels are off")
                .contains("--add-modules jdk.incubator.vector");
    }

    /** Runs in a Java of its own. */
    static final class Child {

        private Child() {}

        public static void main(String[] arguments) {
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
        }
    }
}
