package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import io.zigma.backbone.Backbone;
import io.zigma.backbone.BackboneSpec;
import io.zigma.base.GradientMode;
import io.zigma.checkpoint.Backbones;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.cli.terminal.ExitStatus;
import io.zigma.condition.Condition;
import io.zigma.io.SafetensorsFile;
import io.zigma.io.SafetensorsWriter;
import io.zigma.nn.Pass;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Published models of their full size with random weights: imported by their shapes alone,
 * evaluated once, exported unchanged. They take gigabytes of memory and disk, so those to be tried
 * are named: {@code -Dlarge.models=adm:256,dit:xl-2}.
 */
@EnabledIfSystemProperty(named = LargeModelsTest.PROPERTY, matches = ".+")
class LargeModelsTest {

    static final String PROPERTY = "large.models";

    @TempDir Path folder;
    private final ConsoleOfTest test = ConsoleOfTest.plain();

    static Stream<String> models() {
        return Arrays.stream(System.getProperty(PROPERTY).split(","));
    }

    @ParameterizedTest
    @MethodSource("models")
    void aPublishedModelGoesInIsEvaluatedAndGoesOutUnchanged(String name, TestReporter reporter)
            throws IOException {
        String[] parts = name.split(":");
        BackboneSpec spec = Backbones.REGISTRY.get(parts[0]).preset(parts[1]);
        Path file = folder.resolve("official.safetensors");
        write(spec, file);
        Path made = folder.resolve("made");
        long start = System.nanoTime();
        done("import", file.toString(), "-o", made.toString(), "--process", "iddpm");
        reporter.publishEntry("import, seconds", seconds(start));
        CheckpointFolder checkpoint = CheckpointFolder.open(made);
        assertThat(checkpoint.config().model()).isEqualTo(spec);
        forward(checkpoint, reporter);
        Path exported = folder.resolve("exported");
        done("export", "-m", made.toString(), "-o", exported.toString());
        try (SafetensorsFile before = SafetensorsFile.open(file);
                SafetensorsFile after =
                        SafetensorsFile.open(exported.resolve("model.safetensors"))) {
            assertThat(after.names()).containsExactlyInAnyOrderElementsOf(before.names());
            for (String tensor : before.names()) {
                assertThat(Arrays.equals(after.floats(tensor), before.floats(tensor)))
                        .as(tensor)
                        .isTrue();
            }
        }
    }

    private static void write(BackboneSpec spec, Path file) throws IOException {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            Backbone model = spec.create(3);
            model.initialize(manager);
            SafetensorsWriter writer = new SafetensorsWriter();
            model.namedParameters()
                    .forEach((name, parameter) -> writer.array(name, parameter.getArray()));
            writer.write(file);
        }
    }

    private static void forward(CheckpointFolder checkpoint, TestReporter reporter)
            throws IOException {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            Backbone model = checkpoint.loadModel(manager);
            Pass pass = Pass.inference(new ParameterStore(manager, false));
            NDArray x = manager.ones(model.spec().sample().batch(1));
            NDArray t = manager.full(new Shape(1), 500f);
            Condition condition =
                    model.spec().conditioning().labelRows() > 0
                            ? Condition.ofLabels(manager.create(new long[] {7}))
                            : Condition.NONE;
            for (int i = 0; i < 2; i++) {
                long start = System.nanoTime();
                NDArray output = GradientMode.off(() -> model.forward(pass, x, t, condition));
                assertThat(output.sum().getFloat()).isFinite();
                reporter.publishEntry("forward " + (i + 1) + ", seconds", seconds(start));
            }
        }
    }

    private static String seconds(long start) {
        return Double.toString((System.nanoTime() - start) / 1e9);
    }

    private void done(String... words) {
        assertThat(test.zigma(words)).as(test.err()).isEqualTo(ExitStatus.DONE);
    }
}
