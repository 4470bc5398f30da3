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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WithoutVectorsTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "-Dnothing=special, --add-modules jdk.incubator.vector",
        "--add-modules=jdk.incubator.vector -XX:TieredStopAtLevel=1, -XX:TieredStopAtLevel",
        "--add-modules=jdk.incubator.vector -XX:CompilationMode=quick-only, optimising compiler",
        "--add-modules=jdk.incubator.vector -Xint, -Xint"
    })
    void theReferencesTakeOverWithOneWarning(String options, String remedy, @TempDir Path folder)
            throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options.split(" ")));
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
        assertThat(said).containsOnlyOnce("slower operations are used").contains(remedy);
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
                if (Kernels.AVAILABLE) {
                    throw new AssertionError("the kernels are in use");
                }
                Close.assertClose("y", actual, expected, Tolerance.exact());
                Gradients.taped(
                        List.of(operands.u()),
                        problem.gradient(manager),
                        () -> SelectiveScan.apply(operands));
            }
        }
    }
}
