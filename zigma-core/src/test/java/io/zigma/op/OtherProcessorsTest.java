package io.zigma.op;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.op.BatchCheck.Layer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same as {@link BatchIndependenceTest}, on the engine's kernels for other processors. */
class OtherProcessorsTest {

    @TempDir Path folder;

    @Test
    void kernelsWithoutAvxGiveASequenceTheSameNumbersInEveryBatch()
            throws IOException, InterruptedException {
        assertThat(
                        differencesUnder(
                                Map.of(
                                        "DNNL_MAX_CPU_ISA", "SSE41",
                                        "ATEN_CPU_CAPABILITY", "default",
                                        "MKL_CBWR", "COMPATIBLE"),
                                // the path there
                                DensePath.LINEAR))
                .isEmpty();
    }

    @Test
    void soDoThoseOf256Bits() throws IOException, InterruptedException {
        assertThat(
                        differencesUnder(
                                Map.of(
                                        "DNNL_MAX_CPU_ISA", "AVX2",
                                        "ATEN_CPU_CAPABILITY", "avx2",
                                        "MKL_CBWR", "AVX2"),
                                DensePath.values()))
                .isEmpty();
    }

    /**
     * MKL asks two functions whether the processor is Intel's, and the linker can replace those.
     */
    @Test
    void soDoesMklAsOnIntelsProcessors() throws IOException, InterruptedException {
        Path source = folder.resolve("intel.c");
        Files.writeString(
                source,
                "int mkl_serv_intel_cpu_true(void) { return 1; }\n"
                        + "int mkl_serv_intel_cpu(void) { return 1; }\n");
        Path library = folder.resolve("libintel.so");
        Assumptions.assumeTrue(
                System.getProperty("os.name").equals("Linux")
                        && System.getProperty("os.arch").equals("amd64")
                        && compile(source, library),
                "needs Linux on a processor like Intel's and a C compiler");
        assertThat(differencesUnder(Map.of("LD_PRELOAD", library.toString()), DensePath.values()))
                .isEmpty();
    }

    private static boolean compile(Path source, Path library) throws InterruptedException {
        try {
            return new ProcessBuilder(
                                    "cc",
                                    "-shared",
                                    "-fPIC",
                                    "-o",
                                    library.toString(),
                                    source.toString())
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false; // no compiler
        }
    }

    private List<String> differencesUnder(Map<String, String> environment, DensePath... paths)
            throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--add-modules",
                                "jdk.incubator.vector",
                                "-Dai.djl.offline=true",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Child.class.getName()));
        Arrays.stream(paths).map(DensePath::toString).forEach(command::add);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
        int status = process.waitFor();
        List<String> lines = Files.readAllLines(output, StandardCharsets.UTF_8);
        assertThat(status).as("%s", lines).isZero();
        assertThat(lines).contains("checked");
        return lines.stream().filter(line -> line.contains(": element ")).toList();
    }

    /** Runs in a Java of its own. */
    static final class Child {

        private static final List<Layer> LAYERS =
                List.of(
                        new Layer(0, 256, 768),
                        new Layer(0, 368, 1104),
                        new Layer(1, 512, 512),
                        new Layer(3, 256, 512),
                        new Layer(15, 512, 512),
                        new Layer(16, 1024, 2048),
                        new Layer(49, 256, 512),
                        new Layer(49, 512, 48),
                        new Layer(64, 1536, 768),
                        new Layer(256, 4, 368),
                        new Layer(256, 368, 4),
                        new Layer(256, 736, 55));

        private Child() {}

        public static void main(String[] arguments) {
            List<String> found = new ArrayList<>();
            for (DensePath path : Arrays.stream(arguments).map(DensePath::parse).toList()) {
                LAYERS.forEach(layer -> found.addAll(BatchCheck.layer(path, layer)));
                for (ModelBatch.Kind kind : ModelBatch.Kind.values()) {
                    found.addAll(ModelBatch.differences(kind, path, Precision.FLOAT32));
                }
            }
            found.forEach(System.out::println);
            System.out.println("checked");
        }
    }
}
