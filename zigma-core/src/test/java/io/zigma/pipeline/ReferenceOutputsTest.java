package io.zigma.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.backbone.Backbone;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.checkpoint.TinyCheckpoints;
import io.zigma.io.CheckpointException;
import io.zigma.io.SafetensorsFile;
import io.zigma.io.SafetensorsType;
import io.zigma.io.SafetensorsWriter;
import io.zigma.pipeline.ReferenceOutputs.Operations;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceOutputsTest {

    @TempDir Path folder;
    private CheckpointFolder checkpoint;

    @BeforeEach
    void writeACheckpoint() throws IOException {
        checkpoint = TinyCheckpoints.write(folder, 3);
    }

    static Stream<ZigMaConfig> shapes() {
        return Stream.of(
                TinyModels.CONDITIONAL,
                TinyModels.UNCONDITIONAL,
                TinyModels.BY_TEXT,
                TinyModels.BY_PROMPT,
                TinyModels.VIDEO);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void aModelGivesWhatItGaveWhenItWasRecorded(ZigMaConfig shape) throws IOException {
        CheckpointFolder written = TinyCheckpoints.write(folder, shape, 3);
        ReferenceOutputs.record(written, Device.cpu());

        assertThat(ReferenceOutputs.read(written).recompute(Device.cpu(), Operations.FUSED))
                .hasSize(4)
                .allSatisfy(difference -> assertThat(difference.absolute()).isZero())
                .allMatch(OutputDifference::tolerated);
    }

    @Test
    void thePlainReferencesGiveTheSameWithinTheTolerance() throws IOException {
        ReferenceOutputs recorded = ReferenceOutputs.record(checkpoint, Device.cpu());

        List<OutputDifference> differences = recorded.recompute(Device.cpu(), Operations.PLAIN);

        assertThat(differences).allMatch(OutputDifference::tolerated);
        assertThat(differences)
                .as("other operations round otherwise")
                .anyMatch(difference -> difference.absolute() > 0);
    }

    @ParameterizedTest
    @EnumSource(Operations.class)
    void aChangedWeightIsSeen(Operations operations) throws IOException {
        ReferenceOutputs.record(checkpoint, Device.cpu());
        byte[] outputs = Files.readAllBytes(file());
        CheckpointFolder changed = changeOneWeight();
        Files.write(file(), outputs);

        assertThat(ReferenceOutputs.read(changed).recompute(Device.cpu(), operations))
                .anyMatch(difference -> !difference.tolerated());
    }

    @Test
    void newWeightsRemoveTheOutputsOfTheOldOnes() throws IOException {
        ReferenceOutputs.record(checkpoint, Device.cpu());

        TinyCheckpoints.write(folder, 4);

        assertThat(ReferenceOutputs.exist(checkpoint)).isFalse();
    }

    @Test
    void aCheckpointWithoutTheFileIsRefusedWithTheRemedy() {
        assertThatThrownBy(() -> ReferenceOutputs.read(checkpoint))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("zigma verify -m", "--record");
    }

    @Test
    void theFileHoldsNoPathOfThisMachine() throws IOException {
        ReferenceOutputs.record(checkpoint, Device.cpu());

        String text = new String(Files.readAllBytes(file()), StandardCharsets.ISO_8859_1);
        assertThat(text).doesNotContain(folder.toString(), System.getProperty("user.home"));
    }

    @Test
    void aShortenedFileIsRefused() throws IOException {
        ReferenceOutputs.record(checkpoint, Device.cpu());
        byte[] bytes = Files.readAllBytes(file());

        for (int length : new int[] {0, 7, 20, bytes.length / 2, bytes.length - 1}) {
            Files.write(file(), Arrays.copyOf(bytes, length));
            assertRefused("reference.safetensors");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "NaN", "Infinity", "0.5", "much"})
    void aToleranceThatTestsNothingIsRefused(String tolerance) throws IOException {
        rewrite("tolerance", tolerance, Map.of());

        assertRefused("tolerance");
    }

    @Test
    void anotherKindOfFileIsRefused() throws IOException {
        Files.copy(folder.resolve(CheckpointFolder.WEIGHTS), file());

        assertRefused("zigma-reference");
    }

    @Test
    void outputsOfAnotherModelAreRefused() throws IOException {
        ReferenceOutputs.record(checkpoint, Device.cpu());
        byte[] outputs = Files.readAllBytes(file());
        TinyCheckpoints.write(folder, TinyModels.UNCONDITIONAL, 3);
        checkpoint = CheckpointFolder.open(folder);
        Files.write(file(), outputs);

        assertRefused("does not fit");
    }

    @ParameterizedTest
    @ValueSource(strings = {"in.x", "in.t", "out.y"})
    void tensorsThatHoldNoNumbersAreRefused(String tensor) throws IOException {
        rewrite("tolerance", "2e-5", Map.of(tensor, Float.NaN));

        assertRefused(tensor);
    }

    @Test
    void timesOutsideThePathAreRefused() throws IOException {
        rewrite("tolerance", "2e-5", Map.of("in.t", 1.5f));

        assertRefused("in.t");
    }

    private Path file() {
        return folder.resolve(CheckpointFolder.REFERENCE);
    }

    private void assertRefused(String... named) {
        assertThatThrownBy(() -> ReferenceOutputs.read(checkpoint))
                .isInstanceOf(IOException.class)
                .satisfies(e -> assertThat(e.getMessage()).hasLineCount(1))
                .hasMessageContaining(CheckpointFolder.REFERENCE)
                .hasMessageContainingAll(named);
    }

    /** Records, then writes the file again with other metadata and other first elements. */
    private void rewrite(String key, String value, Map<String, Float> firsts) throws IOException {
        ReferenceOutputs.record(checkpoint, Device.cpu());
        SafetensorsWriter writer = new SafetensorsWriter();
        try (SafetensorsFile file = SafetensorsFile.open(file())) {
            file.metadata().forEach(writer::metadata);
            writer.metadata(key, value);
            for (String name : file.names()) {
                if (file.dtype(name).isFloating()) {
                    float[] values = file.floats(name);
                    values[0] = firsts.getOrDefault(name, values[0]);
                    writer.floats(name, file.shape(name), values);
                } else {
                    writer.longs(name, file.shape(name), file.longs(name));
                }
            }
        }
        writer.write(file());
    }

    /** Writes the checkpoint again, its hash included, with one weight moved by a thousandth. */
    private CheckpointFolder changeOneWeight() throws IOException {
        try (NDManager manager = NDManager.newBaseManager()) {
            Backbone model = checkpoint.loadModel(manager);
            Map<String, NDArray> weights = new LinkedHashMap<>();
            model.namedParameters().forEach((name, p) -> weights.put(name, p.getArray()));
            NDArray weight = weights.get("final_layer.linear.weight");
            float[] values = weight.toFloatArray();
            values[0] += 1e-3f;
            weight.set(values);
            return CheckpointFolder.write(
                    folder, checkpoint.config(), weights, SafetensorsType.F32);
        }
    }

    @Test
    void aGpuMayDifferTenTimesAsMuch() {
        assertThat(ReferenceOutputs.tolerance(Device.cpu(), 2e-5)).isEqualTo(2e-5);
        assertThat(ReferenceOutputs.tolerance(Device.gpu(), 2e-5))
                .isCloseTo(2e-4, Offset.offset(1e-12));
    }
}
