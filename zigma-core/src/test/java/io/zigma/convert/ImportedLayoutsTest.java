package io.zigma.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.checkpoint.TinyCheckpoints;
import io.zigma.io.CheckpointException;
import io.zigma.io.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights are found in every layout that training programs use, through every wrapper. */
class ImportedLayoutsTest {

    private static final ZigMaConfig SHAPE = TinyModels.UNCONDITIONAL;
    private static final long RAW = 1;
    private static final long AVERAGE = 2;

    /** Where a program saves its weights, and EMA weights if it has them. */
    private enum Layout {
        BARE(List.of(), "", null, ""),
        MODEL(List.of("model"), "", null, ""),
        STATE_DICT(List.of("state_dict"), "", null, ""),
        MODEL_STATE_DICT(List.of("model_state_dict"), "", null, ""),
        DEEPSPEED(List.of("module"), "", null, ""),
        NET(List.of("net"), "", null, ""),
        NESTED(List.of("checkpoint", "model"), "", null, ""),
        OFFICIAL(List.of("model"), "", List.of("ema"), ""),
        EMA_STATE_DICT(List.of("model_state_dict"), "", List.of("ema_state_dict"), ""),
        STATE_DICT_EMA(List.of("state_dict"), "", List.of("state_dict_ema"), ""),
        MODEL_EMA(List.of("model"), "", List.of("model_ema"), ""),
        PARAMS_EMA(List.of("params"), "", List.of("params_ema"), ""),
        RATES(List.of("model"), "", List.of("ema_0.9999"), ""),
        SWA(List.of("state_dict"), "", List.of("swa_model"), ""),
        NESTED_EMA(List.of("model"), "", List.of("ema", "state_dict"), ""),
        LIGHTNING(List.of("state_dict"), "model.", null, ""),
        LIGHTNING_EMA(List.of("state_dict"), "model.", List.of("state_dict"), "ema_model."),
        LIGHTNING_DEEP(
                List.of("state_dict"),
                "model.diffusion_model.",
                List.of("state_dict"),
                "ema.ema_model.diffusion_model."),
        LIGHTNING_CALLBACK(
                List.of("state_dict"), "model.", List.of("callbacks", "EMA", "weights"), "model."),
        LUCIDRAINS(List.of("model"), "model.", List.of("ema"), "ema_model.model.");

        private final List<String> keys;
        private final String prefix;
        private final List<String> averageKeys;
        private final String averagePrefix;
        private final boolean averaged;

        Layout(
                List<String> keys,
                String prefix,
                @org.jspecify.annotations.Nullable List<String> averageKeys,
                String averagePrefix) {
            this.keys = keys;
            this.prefix = prefix;
            this.averaged = averageKeys != null;
            this.averageKeys = averageKeys == null ? List.of() : averageKeys;
            this.averagePrefix = averagePrefix;
        }
    }

    /** How a wrapping changes a name. */
    private static final Map<String, UnaryOperator<String>> WRAPPINGS = wrappings();

    private static Map<String, UnaryOperator<String>> wrappings() {
        Map<String, UnaryOperator<String>> wrappings = new LinkedHashMap<>();
        wrappings.put("none", name -> name);
        wrappings.put("compiled", name -> "_orig_mod." + name);
        wrappings.put("DDP", name -> "module." + name);
        wrappings.put("compiled in DDP", name -> "module._orig_mod." + name);
        wrappings.put("DDP in compiled", name -> "_orig_mod.module." + name);
        wrappings.put(
                "FSDP around every block",
                name ->
                        "_fsdp_wrapped_module."
                                + name.replaceFirst(
                                        "(blocks\\.\\d+\\.)", "$1_fsdp_wrapped_module."));
        wrappings.put(
                "recomputed mixers",
                name -> name.replace(".mixer.", ".mixer._checkpoint_wrapped_module."));
        wrappings.put(
                "compiled blocks, recomputed, in FSDP",
                name ->
                        "_fsdp_wrapped_module.module."
                                + name.replaceFirst(
                                        "(blocks\\.\\d+\\.)",
                                        "$1_fsdp_wrapped_module._checkpoint_wrapped_module._orig_mod."));
        wrappings.put(
                "around a part of a name's end",
                name -> name.replaceFirst("(weight|bias)$", "module.$1"));
        return wrappings;
    }

    static Stream<Arguments> everyLayoutAndWrapping() {
        return Stream.of(Layout.values())
                .flatMap(
                        layout ->
                                WRAPPINGS.keySet().stream()
                                        .map(wrapping -> Arguments.of(layout, wrapping)));
    }

    @TempDir Path folder;

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("everyLayoutAndWrapping")
    void theWeightsAreFoundAndTheEmaIsPreferred(Layout layout, String wrapping) throws IOException {
        Path file = file(layout, WRAPPINGS.get(wrapping)).write(folder.resolve("a.pt"));
        try (TorchCheckpoint checkpoint = TorchCheckpoint.open(file)) {
            assertSame(checkpoint, Optional.empty(), layout.averaged);
            assertSame(checkpoint, Optional.of(TorchWeights.RAW), false);
            if (layout.averaged) {
                assertSame(checkpoint, Optional.of(TorchWeights.EMA), true);
            } else {
                assertThatThrownBy(() -> checkpoint.weights(Optional.of(TorchWeights.EMA), SHAPE))
                        .isInstanceOf(CheckpointException.class)
                        .hasMessageContaining("has no averaged (ema) weights");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "compiled in DDP", "compiled blocks, recomputed, in FSDP"})
    void theLegacyFormatIsNoDifferent(String wrapping) throws IOException {
        Path file =
                file(Layout.LIGHTNING_EMA, WRAPPINGS.get(wrapping))
                        .writeLegacy(folder.resolve("a.pt"));
        try (TorchCheckpoint checkpoint = TorchCheckpoint.open(file)) {
            assertSame(checkpoint, Optional.empty(), true);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrappingNames")
    void safetensorsAreSearchedInTheSameWay(String wrapping) throws IOException {
        UnaryOperator<String> naming = WRAPPINGS.get(wrapping);
        for (String prefix : List.of("", "model.", "net.backbone.")) {
            Path file = folder.resolve("a.safetensors");
            safetensors(name -> prefix + naming.apply(name), RAW).write(file);
            try (ForeignCheckpoint checkpoint = ForeignCheckpoint.open(file)) {
                assertSame(checkpoint, Optional.empty(), false);
            }
        }
    }

    static Stream<String> wrappingNames() {
        return WRAPPINGS.keySet().stream();
    }

    @Test
    void emaWeightsBesideRawOnesInOneSafetensorsFileAreChosenByName() throws IOException {
        Path file = folder.resolve("a.safetensors");
        SafetensorsWriter writer = safetensors(name -> "model." + name, RAW);
        add(writer, name -> "model_ema." + name, AVERAGE);
        writer.write(file);
        try (ForeignCheckpoint checkpoint = ForeignCheckpoint.open(file)) {
            assertSame(checkpoint, Optional.empty(), true);
            assertSame(checkpoint, Optional.of(TorchWeights.RAW), false);
        }
    }

    @Test
    void latentDiffusionsEmaHasNamesWithoutDots() throws IOException {
        Path file =
                new TinyTorchFiles()
                        .weights(
                                List.of("state_dict"),
                                name -> "model.diffusion_model." + name,
                                SHAPE,
                                RAW)
                        .weights(
                                List.of("state_dict"),
                                name -> "model_ema.diffusion_model" + name.replace(".", ""),
                                SHAPE,
                                AVERAGE)
                        .counter(List.of("state_dict"), "model_ema.decay", 0.999f)
                        .counter(List.of("state_dict"), "model_ema.num_updates", 7)
                        .counter(List.of("state_dict"), "betas", 0.1f)
                        .write(folder.resolve("a.ckpt"));
        try (TorchCheckpoint checkpoint = TorchCheckpoint.open(file)) {
            assertSame(checkpoint, Optional.empty(), true);
            assertSame(checkpoint, Optional.of(TorchWeights.RAW), false);
        }
    }

    @Test
    void theEmaOfLucidrainsHasTheRawWeightsTwiceAndItsCounters() throws IOException {
        Path file =
                new TinyTorchFiles()
                        .weights(List.of("model"), name -> "model." + name, SHAPE, RAW)
                        .weights(List.of("ema"), name -> "online_model." + name, SHAPE, RAW)
                        .weights(List.of("ema"), name -> "ema_model." + name, SHAPE, AVERAGE)
                        .counter(List.of("ema"), "initted", 1)
                        .counter(List.of("ema"), "step", 7)
                        .write(folder.resolve("a.pt"));
        try (TorchCheckpoint checkpoint = TorchCheckpoint.open(file)) {
            assertSame(checkpoint, Optional.empty(), true);
            assertSame(checkpoint, Optional.of(TorchWeights.RAW), false);
        }
    }

    @Test
    void pytorchsAveragedModelIsRecognisedByItsCounter() throws IOException {
        Path file =
                new TinyTorchFiles()
                        .weights("", "module.", SHAPE, AVERAGE)
                        .counter(List.of(), "n_averaged", 12)
                        .write(folder.resolve("a.pt"));
        try (TorchCheckpoint checkpoint = TorchCheckpoint.open(file)) {
            assertSame(checkpoint, Optional.empty(), true);
        }
    }

    @Test
    void twoSetsOfEmaWeightsAreRefused() throws IOException {
        Path file =
                new TinyTorchFiles()
                        .weights("ema_0.99", "", SHAPE, 1)
                        .weights("ema_0.9999", "", SHAPE, 2)
                        .write(folder.resolve("a.pt"));
        try (TorchCheckpoint checkpoint = TorchCheckpoint.open(file)) {
            assertThatThrownBy(() -> checkpoint.weights(Optional.empty(), SHAPE))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContainingAll(
                            file.toString(),
                            "several sets of averaged weights",
                            "'ema_0.99' and 'ema_0.9999'")
                    .hasMessageNotContaining("\n");
        }
    }

    @Test
    void tensorsBesideTheModelsOwnAreSurplusOnlyAmongThem() throws IOException {
        Path other =
                new TinyTorchFiles()
                        .weights(List.of("state_dict"), name -> "model." + name, SHAPE, RAW)
                        .counter(List.of("state_dict"), "loss.weight", 1)
                        .write(folder.resolve("a.ckpt"));
        try (TorchCheckpoint checkpoint = TorchCheckpoint.open(other)) {
            assertSame(checkpoint, Optional.empty(), false);
        }
        Path own =
                new TinyTorchFiles()
                        .weights(List.of("state_dict"), name -> "model." + name, SHAPE, RAW)
                        .counter(List.of("state_dict"), "model.extra.weight", 1)
                        .write(folder.resolve("b.ckpt"));
        try (TorchCheckpoint checkpoint = TorchCheckpoint.open(own);
                NDManager manager = NDManager.newBaseManager()) {
            ModelWeights weights = checkpoint.weights(Optional.empty(), SHAPE);
            assertThatThrownBy(() -> weights.read(manager))
                    .hasMessageContaining("'extra.weight' of shape [1] is surplus");
        }
    }

    @Test
    void aWeightThatIsThereWithAndWithoutAWrapperIsRefused() throws IOException {
        Path file =
                new TinyTorchFiles()
                        .weights("", "", SHAPE, RAW)
                        .weights(
                                List.of(),
                                name -> name.equals("norm_f.weight") ? "module." + name : name,
                                SHAPE,
                                AVERAGE)
                        .write(folder.resolve("a.pt"));
        try (TorchCheckpoint checkpoint = TorchCheckpoint.open(file);
                NDManager manager = NDManager.newBaseManager()) {
            ModelWeights weights = checkpoint.weights(Optional.empty(), SHAPE);
            assertThatThrownBy(() -> weights.read(manager))
                    .hasMessageContaining("'module.norm_f.weight' of shape [8] is surplus");
        }
    }

    private static TinyTorchFiles file(Layout layout, UnaryOperator<String> naming) {
        TinyTorchFiles file =
                new TinyTorchFiles()
                        .weights(
                                layout.keys,
                                name -> layout.prefix + naming.apply(name),
                                SHAPE,
                                RAW);
        if (layout.averaged) {
            file.weights(
                    layout.averageKeys,
                    name -> layout.averagePrefix + naming.apply(name),
                    SHAPE,
                    AVERAGE);
        }
        if (layout != Layout.BARE) {
            file.with("epoch", 3).with("optimizer", Map.of("state", Map.of(0, Map.of("step", 3))));
        }
        return file;
    }

    private static SafetensorsWriter safetensors(UnaryOperator<String> naming, long seed) {
        SafetensorsWriter writer = new SafetensorsWriter();
        add(writer, naming, seed);
        return writer;
    }

    private static void add(SafetensorsWriter writer, UnaryOperator<String> naming, long seed) {
        try (NDManager manager = NDManager.newBaseManager()) {
            TinyCheckpoints.model(SHAPE, seed, manager)
                    .namedParameters()
                    .forEach(
                            (name, parameter) ->
                                    writer.floats(
                                            naming.apply(name),
                                            parameter.getArray().getShape().getShape(),
                                            parameter.getArray().toFloatArray()));
        }
    }

    private static void assertSame(
            ForeignCheckpoint checkpoint, Optional<TorchWeights> which, boolean average)
            throws IOException {
        ModelWeights weights = checkpoint.weights(which, SHAPE);
        assertThat(weights.isEma()).isEqualTo(average);
        try (NDManager manager = NDManager.newBaseManager()) {
            Map<String, NDArray> found = weights.read(manager);
            List<String> names = new ArrayList<>();
            TinyCheckpoints.model(SHAPE, average ? AVERAGE : RAW, manager)
                    .namedParameters()
                    .forEach(
                            (name, parameter) -> {
                                names.add(name);
                                assertThat(found.get(name).toFloatArray())
                                        .as(name)
                                        .isEqualTo(parameter.getArray().toFloatArray());
                            });
            assertThat(found.keySet()).containsExactlyElementsOf(names);
        }
    }
}
