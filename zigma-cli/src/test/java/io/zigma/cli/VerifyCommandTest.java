package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.cli.terminal.ExitStatus;
import io.zigma.io.SafetensorsType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class VerifyCommandTest {

    private static final Path SHIPPED = Path.of("..", "models");

    @TempDir Path folder;
    private final ConsoleOfTest test = ConsoleOfTest.plain();

    static Stream<Path> shippedModels() throws IOException {
        try (Stream<Path> folders = Files.list(SHIPPED)) {
            return folders.filter(VerifyCommandTest::generates).toList().stream();
        }
    }

    /** A classifier beside the models makes no pictures to compare. */
    private static boolean generates(Path folder) {
        Path config = folder.resolve(CheckpointFolder.CONFIG);
        try {
            return Files.isRegularFile(config)
                    && CheckpointFolder.isDescription(Files.readString(config));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("shippedModels")
    void aShippedModelGivesWhatItGaveWhenItWasMade(Path model) {
        assertThat(test.zigma("verify", "-m", model.toString()))
                .as(test.err())
                .isEqualTo(ExitStatus.DONE);
        assertThat(test.out()).contains("difference", "relative", "allowed");
        assertThat(test.out().lines().filter(line -> line.matches("\\d\\.\\d\\d .*"))).hasSize(4);
        assertThat(test.err()).isEmpty();
    }

    @Test
    void thePlainOperationsAgreeToo() throws IOException {
        Path model = recorded();

        assertThat(test.zigma("verify", "-m", model.toString(), "--plain", "--threads", "1"))
                .as(test.err())
                .isEqualTo(ExitStatus.DONE);
    }

    @Test
    void failsWhenAWeightIsAnotherOneThoughItsHashIsRight() throws IOException {
        Path model = recorded();
        changeAWeight(model);

        assertThat(test.zigma("verify", "-m", model.toString())).isEqualTo(ExitStatus.FAILED);
        assertThat(test.err()).contains(model.toString(), "differ").hasLineCount(1);
    }

    @Test
    void saysHowToMakeOutputsThatAreMissing() throws IOException {
        Path model = TinyCheckpoint.withClasses(folder.resolve("tiny"));

        assertThat(test.zigma("verify", "-m", model.toString())).isEqualTo(ExitStatus.FAILED);
        assertThat(test.err()).contains("--record").hasLineCount(1);
    }

    @Test
    void recordsOverOutputsOnlyWhenForced() throws IOException {
        String model = recorded().toString();

        assertThat(test.zigma("verify", "-m", model, "--record")).isEqualTo(ExitStatus.FAILED);
        assertThat(test.err()).contains("--force").hasLineCount(1);
        assertThat(test.zigma("verify", "-m", model, "--record", "--force"))
                .isEqualTo(ExitStatus.DONE);
    }

    @Test
    void refusesADamagedFileInOneLine() throws IOException {
        Path model = recorded();
        Files.write(model.resolve(CheckpointFolder.REFERENCE), new byte[] {1, 2, 3});

        assertThat(test.zigma("verify", "-m", model.toString())).isEqualTo(ExitStatus.FAILED);
        assertThat(test.err()).contains(CheckpointFolder.REFERENCE).hasLineCount(1);
    }

    @Test
    void anExportedModelCarriesItsOutputs() throws IOException {
        Path model = TinyCheckpoint.unconditional(folder.resolve("tiny"));
        String exported = folder.resolve("exported").toString();

        test.zigma("export", "-m", model.toString(), "-o", exported, "--precision", "f16");

        assertThat(test.zigma("verify", "-m", exported)).as(test.err()).isEqualTo(ExitStatus.DONE);
    }

    private Path recorded() throws IOException {
        Path model = TinyCheckpoint.withClasses(folder.resolve("tiny"));
        ConsoleOfTest.plain().zigma("verify", "-m", model.toString(), "--record");
        return model;
    }

    private static void changeAWeight(Path model) throws IOException {
        byte[] outputs = Files.readAllBytes(model.resolve(CheckpointFolder.REFERENCE));
        CheckpointFolder checkpoint = CheckpointFolder.open(model);
        try (NDManager manager = NDManager.newBaseManager()) {
            Map<String, NDArray> weights = new LinkedHashMap<>();
            checkpoint
                    .loadModel(manager)
                    .namedParameters()
                    .forEach((name, parameter) -> weights.put(name, parameter.getArray()));
            NDArray weight = weights.get("final_layer.linear.bias");
            weight.addi(0.01);
            CheckpointFolder.write(model, checkpoint.config(), weights, SafetensorsType.F32);
        }
        Files.write(model.resolve(CheckpointFolder.REFERENCE), outputs);
    }
}
