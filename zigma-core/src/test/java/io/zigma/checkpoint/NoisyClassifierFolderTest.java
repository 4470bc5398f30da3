package io.zigma.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import com.google.gson.JsonObject;
import io.zigma.backbone.adm.AdmClassifier;
import io.zigma.backbone.adm.AdmClassifierConfig;
import io.zigma.backbone.adm.AdmShape;
import io.zigma.backbone.adm.Pool;
import io.zigma.backbone.adm.QkvOrder;
import io.zigma.backbone.adm.Resampling;
import io.zigma.base.SampleShape;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.Processes;
import io.zigma.io.CheckpointException;
import io.zigma.nn.Pass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NoisyClassifierFolderTest {

    private static final AdmClassifierConfig CONFIG =
            new AdmClassifierConfig(
                    SampleShape.image(1, 4, 4),
                    2,
                    1,
                    new AdmShape(
                            32,
                            List.of(1.0, 1.0),
                            1,
                            List.of(),
                            0,
                            16,
                            QkvOrder.BY_HEAD,
                            true,
                            Resampling.RESIDUAL),
                    Pool.ATTENTION);
    private static final DiffusionProcess PROCESS = process("iddpm", Map.of());

    @TempDir Path folder;

    private static DiffusionProcess process(String kind, Map<String, String> settings) {
        return Processes.KINDS.get(kind).create(settings);
    }

    private NoisyClassifierFolder write(NDManager manager, AdmClassifier network)
            throws IOException {
        network.initialize(manager);
        Map<String, NDArray> weights = new LinkedHashMap<>();
        network.namedParameters().forEach((name, value) -> weights.put(name, value.getArray()));
        return NoisyClassifierFolder.write(
                folder, CONFIG, PROCESS, List.of("a", "b"), new JsonObject(), weights, "# card\n");
    }

    @Test
    void aClassifierIsReadAsItWasWritten() throws IOException {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            AdmClassifier network = CONFIG.create(3);
            NoisyClassifierFolder written = write(manager, network);
            assertThat(NoisyClassifierFolder.isIn(folder)).isTrue();
            NoisyClassifierFolder read = NoisyClassifierFolder.open(folder);
            assertThat(read).isEqualTo(written);
            try (NoisyClassifier classifier = read.load(Device.cpu())) {
                NDArray x = manager.ones(new Shape(1, 1, 4, 4));
                NDArray t = manager.full(new Shape(1), 7f);
                NDArray expected =
                        network.logits(Pass.inference(new ParameterStore(manager, false)), x, t);
                assertThat(classifier.predict(x, t).toFloatArray())
                        .containsExactly(expected.toFloatArray());
            }
        }
    }

    @Test
    void itKnowsTheNoiseOfItsProcessWhateverIsPredicted() throws IOException {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            try (NoisyClassifier classifier = write(manager, CONFIG.create(3)).load(Device.cpu())) {
                assertThat(classifier.knows(PROCESS)).isTrue();
                assertThat(classifier.knows(process("iddpm", Map.of("variance", "fixed-small"))))
                        .isTrue();
                assertThat(classifier.knows(process("iddpm", Map.of("schedule", "linear"))))
                        .isFalse();
                assertThat(classifier.knows(process("interpolant", Map.of()))).isFalse();
            }
        }
    }

    @Test
    void exchangedWeightsAreRefused() throws IOException {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            NoisyClassifierFolder first = write(manager, CONFIG.create(3));
            write(manager.newSubManager(), CONFIG.create(4));
            assertThatThrownBy(() -> first.load(Device.cpu()))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("damaged or was exchanged");
        }
    }

    @Test
    void anythingElseIsRefusedWithWhatMakesOne() throws IOException {
        assertThat(NoisyClassifierFolder.isIn(folder)).isFalse();
        assertThatThrownBy(() -> NoisyClassifierFolder.open(folder))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("it has no config.json (zigma train-classifier --noisy");
        Files.writeString(folder.resolve("config.json"), "{\"format\": \"zigma-classifier\"}");
        assertThat(NoisyClassifierFolder.isIn(folder)).isFalse();
        assertThatThrownBy(() -> NoisyClassifierFolder.open(folder))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("of another format (zigma train-classifier --noisy");
    }
}
