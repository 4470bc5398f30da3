package io.zigma.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ProcessesTest {

    @TempDir Path folder;

    static Stream<DiffusionProcess> processes() {
        return Stream.concat(
                Processes.KINDS.all().stream().map(kind -> kind.create(Map.of())),
                Stream.of(
                        new InterpolantProcess(
                                InterpolantKind.GVP,
                                Prediction.NOISE,
                                LossWeight.LIKELIHOOD,
                                1.5,
                                0.01),
                        new Ddpm(
                                new BetaSchedule(BetaForm.SCALED_LINEAR, 400, 0.00085, 0.012),
                                DdpmMean.V,
                                DdpmVariance.FIXED_LARGE,
                                DdpmLoss.KL,
                                true)));
    }

    @ParameterizedTest
    @MethodSource("processes")
    void aProcessIsReadAsItWasWritten(DiffusionProcess process) throws IOException {
        JsonObject json = Processes.write(process);
        assertThat(Processes.read(fields(json))).isEqualTo(process);
    }

    @ParameterizedTest
    @MethodSource("processes")
    void settingsMakeTheSameProcessAgain(DiffusionProcess process) {
        assertThat(process.kind().create(process.settings())).isEqualTo(process);
    }

    @ParameterizedTest
    @MethodSource("processes")
    void timeAndProgressAreEachOthersInverses(DiffusionProcess process) {
        assertThat(process.progress(process.start())).isZero();
        assertThat(process.progress(process.end())).isEqualTo(1);
        for (double progress : new double[] {0, 0.25, 0.5, 1}) {
            double t = process.time(progress);
            assertThat(process.progress(t)).isEqualTo(progress);
            assertThat(process.timeOfSolver(process.solverTime(t)))
                    .isCloseTo(t, Offset.offset(1e-9));
            assertThat(process.alpha(t))
                    .isCloseTo(process.path().alpha(progress), Offset.offset(1e-12));
        }
        double middle = process.time(0.5);
        assertThat(process.timeOf(process.halfLogSnr(middle)))
                .isCloseTo(middle, Offset.offset(1e-9));
    }

    @Test
    void fieldsThatAreLeftOutHaveTheirStandardValues() throws IOException {
        JsonObject json = new JsonObject();
        json.addProperty("kind", "ddpm");
        assertThat(Processes.read(fields(json))).isEqualTo(DdpmKind.DDPM.create(Map.of()));
    }

    @Test
    void anUnknownKindIsRefusedWithTheNearest() {
        JsonObject json = new JsonObject();
        json.addProperty("kind", "dpmm");
        assertThatThrownBy(() -> Processes.read(fields(json)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("there is no process 'dpmm'")
                .hasMessageContaining("interpolant, ddpm");
    }

    @Test
    void anUnknownFieldIsRefused() {
        JsonObject json = new JsonObject();
        json.addProperty("kind", "ddpm");
        json.addProperty("betas", 3);
        assertThatThrownBy(() -> Processes.read(fields(json)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("betas");
    }

    @Test
    void aValueThatIsNotAllowedIsRefused() {
        JsonObject json = new JsonObject();
        json.addProperty("kind", "ddpm");
        json.addProperty("steps", 0.5);
        assertThatThrownBy(() -> Processes.read(fields(json)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("steps must be a whole number from 2 to 100000, not '0.5'");
    }

    @Test
    void aWeightForALossWithoutOneIsRefused() {
        Map<String, String> given = new LinkedHashMap<>();
        given.put("loss-weight", "velocity");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> InterpolantProcessKind.INSTANCE.create(given))
                .withMessageContaining("a velocity loss takes no weight");
    }

    private Fields fields(JsonObject json) throws IOException {
        Path file = folder.resolve("process.json");
        Files.writeString(file, json.toString());
        return Fields.read(file);
    }

    @ParameterizedTest(name = "{0} in {1} steps")
    @CsvSource({"cosine, 3", "jsd, 3", "linear, 20", "scaled-linear, 2"})
    void aProcessOfFewStepsIsReadAgain(String schedule, String steps) throws CheckpointException {
        DiffusionProcess process =
                DdpmKind.DDPM.create(Map.of("schedule", schedule, "steps", steps));
        assertThat(Processes.read(Fields.of("process", Processes.write(process))))
                .isEqualTo(process);
    }
}
