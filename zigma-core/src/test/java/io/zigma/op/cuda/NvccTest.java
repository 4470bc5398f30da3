package io.zigma.op.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The kernels compiled by a CUDA toolkit, where there is one, for every architecture it is to run
 * on.
 */
class NvccTest {

    /** What the kernels are compiled for: Turing, Ampere, Ada, Hopper and Blackwell. */
    private static final List<String> ARCHITECTURES =
            List.of("75", "80", "86", "89", "90", "100", "120");

    private static final Pattern SPILLS = Pattern.compile("(\\d+) bytes spill stores");

    /** What another release of the compiler may spill outside of loops; arrays are hundreds. */
    private static final int FEW_BYTES = 32;

    private static final List<String> KERNELS =
            List.of(
                    "scan_forward",
                    "scan_backward",
                    "scan_segment",
                    "convolution_forward",
                    "convolution_backward",
                    "norm_forward",
                    "norm_backward",
                    "gated_sum_forward",
                    "gated_sum_backward");

    @TempDir static Path folder;

    private static final Map<Kernel, Future<Tool.Result>> RESULTS = new LinkedHashMap<>();
    private static final ExecutorService WORKERS = Executors.newFixedThreadPool(2);

    /**
     * A kernel with its macros' defaults, but for one.
     *
     * @param name of the kernel
     * @param macro that is defined, too, or empty
     * @param bfloat16 whether its values are bfloat16, else float
     */
    record Kernel(String name, String macro, boolean bfloat16) {

        /** Compiles it for all architectures at once. */
        Tool.Result compile(Path nvcc) throws IOException {
            Path source =
                    folder.resolve(
                            "%s_%s_%s.cu"
                                    .formatted(
                                            name,
                                            macro.replaceAll("\\W", "_"),
                                            bfloat16 ? "bfloat16" : "float"));
            Files.writeString(
                    source,
                    Files.readString(Tool.kernels().resolve("common.cuh"))
                            + Files.readString(Tool.kernels().resolve(name + ".cu")));
            List<String> command =
                    new ArrayList<>(
                            List.of(
                                    nvcc.toString(),
                                    "-std=c++17",
                                    "-fatbin",
                                    "-Werror",
                                    "all-warnings",
                                    "-Xptxas",
                                    "-v",
                                    "-DBF16=" + (bfloat16 ? 1 : 0)));
            if (!macro.isEmpty()) {
                command.add("-D" + macro);
            }
            for (String architecture : ARCHITECTURES) {
                command.add("-gencode");
                command.add("arch=compute_%s,code=sm_%s".formatted(architecture, architecture));
            }
            command.add("-o");
            command.add(source + ".fatbin");
            command.add(source.toString());
            return Tool.run(command);
        }
    }

    static Stream<Kernel> kernels() {
        Stream<Kernel> plain = KERNELS.stream().map(name -> new Kernel(name, "", false));
        Stream<Kernel> segmented =
                Stream.of(
                        new Kernel("scan_forward", "SEGMENTED=1", false),
                        new Kernel("scan_backward", "SEGMENTED=1", false),
                        new Kernel("scan_segment", "BACKWARD=1", false));
        return Stream.concat(plain, segmented)
                .flatMap(
                        kernel ->
                                Stream.of(kernel, new Kernel(kernel.name(), kernel.macro(), true)));
    }

    @BeforeAll
    static void start() throws IOException {
        Path nvcc = nvcc();
        if (nvcc != null) {
            kernels()
                    .forEach(
                            kernel ->
                                    RESULTS.put(
                                            kernel, WORKERS.submit(() -> kernel.compile(nvcc))));
        }
    }

    @AfterAll
    static void stop() {
        WORKERS.shutdownNow();
    }

    private static @Nullable Path nvcc() throws IOException {
        if (Tool.runs(List.of("nvcc", "--version"))) {
            return Path.of("nvcc");
        }
        Path local = Path.of("/usr/local");
        if (Files.isDirectory(local)) {
            try (DirectoryStream<Path> toolkits = Files.newDirectoryStream(local, "cuda*")) {
                for (Path toolkit : toolkits) {
                    Path nvcc = toolkit.resolve("bin").resolve("nvcc");
                    if (Files.isExecutable(nvcc)) {
                        return nvcc;
                    }
                }
            }
        }
        return null;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kernels")
    void aKernelCompilesForEveryArchitectureAndKeepsItsNumbersInRegisters(Kernel kernel)
            throws Exception {
        Future<Tool.Result> future = RESULTS.get(kernel);
        assumeTrue(future != null, "needs nvcc of a CUDA toolkit");
        Tool.Result result = future.get();
        assertThat(result.status()).as(result.output()).isZero();
        List<Integer> spills = new ArrayList<>();
        Matcher matcher = SPILLS.matcher(result.output());
        while (matcher.find()) {
            spills.add(Integer.valueOf(matcher.group(1)));
        }
        assertThat(spills)
                .as(result.output())
                .hasSize(ARCHITECTURES.size())
                .allMatch(bytes -> bytes <= FEW_BYTES);
    }
}
