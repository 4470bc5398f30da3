package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.zigma.cli.command.TrainCommand;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.ComputeOptions;
import io.zigma.cli.terminal.ExitStatus;
import io.zigma.engine.EngineStart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code --device} does on a machine without a GPU. */
class DeviceOptionTest {

    private static final String NO_GPU = "there is no GPU that this build of PyTorch can use";

    @TempDir Path folder;
    private final ConsoleOfTest test = ConsoleOfTest.plain();
    private Path model;
    private Path data;

    @BeforeEach
    void prepare() throws IOException {
        assumeFalse(EngineStart.engine().hasCapability("CUDA"), "this machine has a GPU");
        model = TinyCheckpoint.withClasses(folder.resolve("model"));
        data = TinyData.pictures(folder.resolve("data"));
        assertThat(ConsoleOfTest.plain().zigma("verify", "-m", model.toString(), "--record"))
                .isEqualTo(ExitStatus.DONE);
    }

    private static Stream<List<String>> commands() {
        return Stream.of(
                List.of("generate", "-m", "MODEL", "-o", "OUT.png"),
                List.of("train", "--data", "DATA", "--out", "OUT"),
                List.of("verify", "-m", "MODEL"),
                List.of("evaluate", "-m", "MODEL", "--data", "DATA", "-n", "10"),
                List.of("bench", "--quick"),
                List.of("train-classifier", "--data", "DATA", "--out", "OUT"));
    }

    private String[] words(List<String> command, String... more) {
        return Stream.concat(command.stream(), Stream.of(more))
                .map(
                        word ->
                                word.replace("MODEL", model.toString())
                                        .replace("DATA", data.toString())
                                        .replace("OUT", folder.resolve("out").toString()))
                .toArray(String[]::new);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("commands")
    void aGpuThatIsNotThereIsRefusedInOneLine(List<String> command) {
        ExitStatus status = test.zigma(words(command, "--device", "gpu"));

        assertThat(status).as(test.err()).isEqualTo(ExitStatus.FAILED);
        assertThat(test.err().strip()).contains(NO_GPU, "leave out --device", "docs/djl.md");
        assertThat(test.out()).isEmpty();
        assertThat(folder.resolve("out")).doesNotExist();
        assertThat(Files.exists(folder.resolve("out.png"))).isFalse();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("commands")
    void theHelpOfACommandThatComputesListsTheDevice(List<String> command) {
        assertThat(test.zigma(command.get(0), "--help")).isEqualTo(ExitStatus.DONE);
        assertThat(test.out()).contains("--device");
    }

    @ParameterizedTest(name = "--device {0}")
    @CsvSource({"cpu, -1", "gpu, 0", "gpu0, 0", "gpu:0, 0", "gpu1, 1", "gpu:12, 12"})
    void aDeviceIsNamedByItsNumber(String name, int gpu) {
        assertThat(options("--device", name).gpu()).isEqualTo(gpu);
    }

    @ParameterizedTest(name = "--device {0}")
    @ValueSource(strings = {"gpu:", "cpu0", "gpu-1", "gpu:x", "cuda", "gpu100", ""})
    void anyOtherNameIsRefused(String name) {
        assertThat(test.zigma(words(commands().toList().get(0), "--device", name)))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("--device").hasLineCount(1);
    }

    @Test
    void trainingSaysHowAGpuMultiplies() {
        assertThat(ComputeOptions.ofTraining(arguments("--device", "gpu1")).note())
                .hasValue(
                        "computing on GPU 1, float32 with products in TF32 (--tf32 off for float32 alone)");
        assertThat(ComputeOptions.ofTraining(arguments("--device", "gpu", "--tf32", "off")).note())
                .hasValue("computing on GPU 0 in float32");
        assertThat(ComputeOptions.ofTraining(arguments()).note()).isEmpty();
    }

    private static ComputeOptions options(String... words) {
        return ComputeOptions.of(arguments(words));
    }

    private static Arguments arguments(String... words) {
        return Arguments.parse(new TrainCommand(), List.of(words));
    }
}
