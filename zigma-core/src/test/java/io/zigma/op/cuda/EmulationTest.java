package io.zigma.op.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The kernels' own text, compiled for the host (src/test/cuda/cuda_host.h): values and gradients of
 * random problems against double, to the last bit the same in whatever order threads run.
 */
class EmulationTest {

    private static final Path SOURCES = Path.of("src/test/cuda");
    private static final String NEEDS = "needs g++ on Linux";

    @TempDir static Path folder;

    private static final Map<Program, Future<Tool.Result>> RESULTS = new LinkedHashMap<>();
    // a compiler takes a core and a few hundred MB
    private static final ExecutorService WORKERS = Executors.newFixedThreadPool(2);

    /**
     * A kernel's test with the macros of one compilation.
     *
     * @param kernel name of the kernel
     * @param macros NAME=value, separated by blanks
     * @param sanitized whether the address and undefined behaviour sanitizers are in
     */
    record Program(String kernel, String macros, boolean sanitized) {

        Tool.Result run(Path binary) {
            List<String> command =
                    new ArrayList<>(
                            List.of(
                                    "g++",
                                    "-std=c++17",
                                    sanitized
                                            ? "-O0"
                                            : "-O1", // the sanitizers make it slow to compile
                                    "-w",
                                    "-fno-strict-aliasing",
                                    "-I",
                                    Tool.kernels().toString(),
                                    "-I",
                                    SOURCES.toString(),
                                    "-DCASES=" + (sanitized ? 4 : 16)));
            if (sanitized) {
                command.addAll(SANITIZERS);
            }
            Arrays.stream(macros.split(" ")).map(macro -> "-D" + macro).forEach(command::add);
            command.add("-o");
            command.add(binary.toString());
            command.add(SOURCES.resolve(kernel + "_test.cc").toString());
            Tool.Result compiled = Tool.run(command);
            return compiled.status() == 0 ? Tool.run(List.of(binary.toString())) : compiled;
        }

        @Override
        public String toString() {
            return kernel + " " + macros + (sanitized ? " sanitized" : "");
        }
    }

    private static final List<String> SANITIZERS =
            List.of("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g1");

    /** Macros of the scans: as they are used, then odd ones. */
    private static final List<String> SCANS =
            List.of(
                    "BF16=0 STATES=16 LANES=4 CHANNELS=32 STEPS=16 VECTOR=4",
                    "BF16=1 STATES=16 LANES=2 CHANNELS=64 STEPS=16 VECTOR=4 SOFTPLUS=1 KEEP=0 POLYNOMIALS=2",
                    "BF16=1 STATES=16 LANES=4 CHANNELS=8 STEPS=16 VECTOR=2 SOFTPLUS=0",
                    "BF16=0 STATES=16 LANES=16 CHANNELS=8 STEPS=16 VECTOR=1",
                    "BF16=0 STATES=16 LANES=1 CHANNELS=32 STEPS=8 VECTOR=8",
                    "BF16=0 STATES=4 LANES=4 CHANNELS=16 STEPS=4 VECTOR=1 SOFTPLUS=0",
                    "BF16=1 STATES=5 LANES=8 CHANNELS=16 STEPS=8 VECTOR=1",
                    "BF16=0 STATES=8 LANES=2 CHANNELS=16 STEPS=8 VECTOR=4 VECTOR_BC=1",
                    "BF16=0 STATES=20 LANES=4 CHANNELS=32 STEPS=8 VECTOR=2 KEEP=0 POLYNOMIALS=7",
                    "BF16=1 STATES=32 LANES=8 CHANNELS=16 STEPS=16 VECTOR=2");

    private static final List<String> CONVOLUTIONS =
            List.of(
                    "BF16=0 WIDTH=4 VECTOR=4",
                    "BF16=1 WIDTH=4 VECTOR=4 STEPS=16",
                    "BF16=1 WIDTH=3 VECTOR=8 STEPS=8 UNROLL=2 ROWS=2",
                    "BF16=0 WIDTH=8 VECTOR=2 STEPS=8 UNROLL=4 ROWS=2",
                    "BF16=0 WIDTH=2 VECTOR=1 STEPS=8 UNROLL=8 ROWS=8",
                    "BF16=0 WIDTH=1 VECTOR=1 STEPS=4 UNROLL=1 ROWS=1");

    private static final List<String> NORMS =
            List.of(
                    "BF16=0 CENTRED=0 VECTOR=4 TEAM=32 ITEMS=3 TEAMS=4",
                    "BF16=1 CENTRED=0 VECTOR=8 TEAM=64 ITEMS=2 TEAMS=2",
                    "BF16=0 CENTRED=1 VECTOR=4 TEAM=128 ITEMS=1 TEAMS=1",
                    "BF16=1 CENTRED=1 VECTOR=1 TEAM=32 ITEMS=5 TEAMS=3",
                    "BF16=0 CENTRED=1 VECTOR=2 TEAM=64 ITEMS=3 TEAMS=4",
                    "BF16=0 CENTRED=0 VECTOR=1 TEAM=256 ITEMS=1 TEAMS=1");

    private static final List<String> NORM_GRADIENTS =
            List.of(
                    NORMS.get(0) + " AFFINE=1 MODULATED=1",
                    NORMS.get(1) + " AFFINE=1 MODULATED=1",
                    NORMS.get(2) + " AFFINE=0 MODULATED=1",
                    NORMS.get(3) + " AFFINE=1 MODULATED=0",
                    NORMS.get(4) + " AFFINE=1 MODULATED=1",
                    NORMS.get(5) + " AFFINE=0 MODULATED=0");

    private static final List<String> GATED_SUMS =
            List.of("BF16=0 VECTOR=4", "BF16=1 VECTOR=8 ROWS=4", "BF16=0 VECTOR=1 ROWS=1 EACH=2");

    /** The scans, and in segments, too. */
    private static final List<String> WHOLE_AND_SEGMENTED =
            Stream.concat(
                            SCANS.stream(),
                            Stream.of(0, 1, 3, 5, 6, 8)
                                    .map(SCANS::get)
                                    .map(scan -> scan + " SEGMENTED=1"))
                    .toList();

    /** Macros of the first pass of a scan in segments, for the forward and the backward scan. */
    private static final List<String> SEGMENTS =
            Stream.of(0, 2, 3, 4, 6, 7, 9)
                    .map(SCANS::get)
                    .flatMap(scan -> Stream.of(scan + " BACKWARD=0", scan + " BACKWARD=1"))
                    .toList();

    private static final Map<String, List<String>> MACROS =
            Map.of(
                    "scan_forward", WHOLE_AND_SEGMENTED,
                    "scan_backward", WHOLE_AND_SEGMENTED,
                    "scan_segment", SEGMENTS,
                    "convolution_forward", CONVOLUTIONS,
                    "convolution_backward", CONVOLUTIONS,
                    "norm_forward", NORMS,
                    "norm_backward", NORM_GRADIENTS,
                    "gated_sum_forward", GATED_SUMS,
                    "gated_sum_backward", GATED_SUMS);

    static Stream<Program> programs() {
        return programs(false);
    }

    static Stream<Program> sanitizedPrograms() {
        return programs(true).filter(EmulationTest::isBasic);
    }

    private static Stream<Program> programs(boolean sanitized) {
        return new TreeSet<>(MACROS.keySet())
                .stream()
                        .flatMap(
                                kernel ->
                                        MACROS.get(kernel).stream()
                                                .map(m -> new Program(kernel, m, sanitized)));
    }

    /** Sanitizers take long: only the first of each kernel's macros, and a scan of an odd shape. */
    private static boolean isBasic(Program program) {
        return MACROS.get(program.kernel()).indexOf(program.macros()) == 0
                || program.macros().contains("STATES=5");
    }

    @BeforeAll
    static void start() {
        if (!compiles(List.of())) {
            return;
        }
        Stream<Program> sanitized = compiles(SANITIZERS) ? sanitizedPrograms() : Stream.of();
        Stream.concat(sanitized, programs()) // the slow ones first
                .forEach(
                        program -> {
                            Path binary = folder.resolve("kernel" + RESULTS.size());
                            RESULTS.put(program, WORKERS.submit(() -> program.run(binary)));
                        });
    }

    @AfterAll
    static void stop() {
        WORKERS.shutdownNow();
    }

    private static boolean compiles(List<String> options) {
        try {
            Path source = Files.writeString(folder.resolve("empty.cc"), "int main() {}\n");
            Path binary = folder.resolve("empty");
            List<String> command =
                    new ArrayList<>(List.of("g++", "-o", binary.toString(), source.toString()));
            command.addAll(options);
            return System.getProperty("os.name").equals("Linux")
                    && Tool.runs(command)
                    && Tool.runs(List.of(binary.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("programs")
    void aKernelAgreesWithDoubleInEveryOrderOfItsThreads(Program program) throws Exception {
        check(program, NEEDS);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("sanitizedPrograms")
    void aKernelStaysWithinItsArrays(Program program) throws Exception {
        check(program, NEEDS + " with its sanitizers");
    }

    private static void check(Program program, String reason) throws Exception {
        Future<Tool.Result> result = RESULTS.get(program);
        assumeTrue(result != null, reason);
        assertThat(result.get().output()).endsWith(" cases, 0 wrong\n");
        assertThat(result.get().status()).isZero();
    }

    @Test
    void everyKernelIsAmongThem() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Tool.kernels(), "*.cu")) {
            Set<String> names = new TreeSet<>();
            files.forEach(file -> names.add(file.getFileName().toString().replace(".cu", "")));
            assertThat(MACROS.keySet()).containsExactlyInAnyOrderElementsOf(names);
        }
    }
}
