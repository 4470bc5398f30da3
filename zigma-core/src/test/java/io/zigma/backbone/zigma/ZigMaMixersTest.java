package io.zigma.backbone.zigma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import com.google.gson.JsonObject;
import io.zigma.backbone.RandomWeights;
import io.zigma.backbone.Signature;
import io.zigma.base.SampleShape;
import io.zigma.condition.Condition;
import io.zigma.condition.Conditioning;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import io.zigma.mixer.TokenMixers;
import io.zigma.nn.MambaConfig;
import io.zigma.nn.MixerSpec;
import io.zigma.nn.NormKind;
import io.zigma.nn.Pass;
import io.zigma.op.GradientTape;
import io.zigma.scan.Zigzag;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** ZigMa's block with every mixer that there is. */
class ZigMaMixersTest {

    private static final ZigMaKind KIND = ZigMaKind.INSTANCE;

    static Stream<String> mixers() {
        return Stream.concat(
                TokenMixers.REGISTRY.names().stream(),
                Stream.of("ccvim:directions=scan+c2", "vmamba:gate=false"));
    }

    private static ZigMaConfig tiny(String mixer) {
        ZigMaConfig small = KIND.small();
        return KIND.change(
                small,
                small.with(Signature.of(SampleShape.image(2, 8, 12), Conditioning.none()))
                        .signature(),
                Map.of("hidden-size", "16", "depth", "2", "mixer", mixer));
    }

    @ParameterizedTest
    @MethodSource("mixers")
    void gradientsAreTheSameFromTheTapeAndWithBlocksRecomputed(String mixer) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Map<String, float[]> graph = gradients(tiny(mixer), manager, null);
            Map<String, float[]> tape = gradients(tiny(mixer), manager, GradientTape::open);
            Map<String, float[]> again =
                    gradients(tiny(mixer), manager, GradientTape::openRecomputing);
            assertThat(tape.keySet()).isEqualTo(graph.keySet());
            graph.forEach(
                    (name, expected) -> {
                        Close.assertClose(
                                name, tape.get(name), expected, Tolerance.ofLargest(1e-4, 1e-6));
                        assertThat(again.get(name)).as(name).containsExactly(tape.get(name));
                    });
        }
    }

    /** A parameter without influence has no place in a model. */
    @ParameterizedTest
    @MethodSource("mixers")
    void everyLearnedParameterHasAGradient(String mixer) {
        // of a single channel only the sign says what is similar, and that has no gradient
        ZigMaConfig config =
                KIND.change(tiny(mixer), tiny(mixer).signature(), Map.of("hidden-size", "32"));
        try (NDManager manager = NDManager.newBaseManager()) {
            gradients(config, manager, GradientTape::open)
                    .forEach(
                            (name, gradient) -> {
                                float largest = 0;
                                for (float value : gradient) {
                                    largest = Math.max(largest, Math.abs(value));
                                }
                                assertThat(largest).as(name).isPositive();
                            });
        }
    }

    @ParameterizedTest
    @MethodSource("mixers")
    void theDescriptionInAFileIsReadBack(String mixer) throws CheckpointException {
        ZigMaConfig config = tiny(mixer);
        assertThat(KIND.read(Fields.of("config.json", config.json()), config.signature()))
                .isEqualTo(config);
        assertThat(config.settings()).containsEntry("mixer", mixer);
    }

    /** Files from before there was a choice, and those with Mamba written since, are the same. */
    @Test
    void mambasDescriptionIsAsItWasBeforeThereWasAChoice() {
        assertThat(tiny("mamba").json().get("mixer").toString())
                .isEqualTo(
                        "{\"state_size\":16,\"convolution_width\":4,\"expand\":2,\"dt_rank\":0,"
                                + "\"convolution_bias\":true,\"projection_bias\":false}");
    }

    @Test
    void anotherMixersDescriptionHasItsKindAndItsSettings() {
        JsonObject json = tiny("vmamba:ratio=1.5").json().getAsJsonObject("mixer");
        assertThat(json.toString())
                .isEqualTo(
                        "{\"kind\":\"vmamba\",\"states\":16,\"ratio\":1.5,\"dt-rank\":0,"
                                + "\"convolution-width\":3,\"convolution-bias\":true,\"gate\":true,"
                                + "\"directions\":\"cross\"}");
    }

    @Test
    void aFileWithAMixerThatIsNotThereIsRefusedByName() {
        JsonObject json = tiny("vmamba").json();
        json.getAsJsonObject("mixer").addProperty("kind", "vmanba");
        assertThatThrownBy(
                        () -> KIND.read(Fields.of("config.json", json), tiny("mamba").signature()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("config.json: mixer.kind")
                .hasMessageContaining("did you mean 'vmamba'?");
        json.getAsJsonObject("mixer").addProperty("kind", "vmamba");
        json.getAsJsonObject("mixer").addProperty("heads", 2);
        assertThatThrownBy(
                        () -> KIND.read(Fields.of("config.json", json), tiny("mamba").signature()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("has no option 'heads'");
    }

    @Test
    void aScanThatWouldHaveNoInfluenceIsRefused() {
        ZigMaConfig small = KIND.small();
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                KIND.change(
                                        small,
                                        small.signature(),
                                        Map.of("mixer", "vmamba", "scan", "sweep")))
                .withMessage(
                        "scan sweep has no influence on mixer vmamba; leave one of the two out");
        assertThat(
                        KIND.change(
                                        small,
                                        small.signature(),
                                        Map.of(
                                                "mixer",
                                                "ccvim:directions=scan+c2",
                                                "scan",
                                                "sweep"))
                                .scan()
                                .spelling())
                .isEqualTo("sweep");
    }

    @Test
    void whatAModelScansIsWhatItsMixerScans() {
        assertThat(tiny("mamba").scanPlan().orElseThrow().name()).isEqualTo("zigzag-8");
        assertThat(tiny("vmamba").scanPlan().orElseThrow().name()).isEqualTo("vmamba");
        assertThat(tiny("vmamba").scanPlan().orElseThrow().layers().get(0).paths()).hasSize(4);
        assertThat(tiny("ccvim:directions=scan+c2").scanPlan().orElseThrow().name())
                .isEqualTo("zigzag-8");
        assertThat(tiny("local-clusters").scanPlan()).isEmpty();
    }

    @Test
    void modelsToCompareHaveEquallyManyParameters() {
        Map<String, ZigMaConfig> models = KIND.comparison();
        long base = models.get("compare-zigzag").create(0).parameterCount();
        models.forEach(
                (name, model) ->
                        assertThat((double) model.create(0).parameterCount() / base)
                                .as(name)
                                .isBetween(0.98, 1.02));
        assertThat(models.get("compare-sweep").create(0).parameterCount()).isEqualTo(base);
        assertThat(models.values().stream().map(ZigMaConfig::depth)).containsOnly(8);
    }

    @ParameterizedTest
    @MethodSource("mixers")
    void aNewModelStartsFromThePublishedValues(String mixer) {
        try (NDManager manager = NDManager.newBaseManager()) {
            ZigMa model = tiny(mixer).create(1);
            model.initialize(manager);
            model.namedParameters()
                    .forEach(
                            (name, parameter) -> {
                                String last = name.substring(name.lastIndexOf('.') + 1);
                                float[] values = parameter.getArray().toFloatArray();
                                switch (last) {
                                    case "A_logs" -> {
                                        assertThat(values[0]).isZero();
                                        assertThat(values[1]).isEqualTo((float) Math.log(2));
                                    }
                                    case "Ds", "sim_alpha" -> assertThat(values).containsOnly(1);
                                    case "sim_beta" -> assertThat(values).containsOnly(0);
                                    case "layer_scale_1", "layer_scale_2" ->
                                            assertThat(values).containsOnly(1e-5f);
                                    case "dt_projs_bias" -> {
                                        for (float value : values) { // softplus in 0.001 … 0.1
                                            assertThat(Math.log1p(Math.exp(value)))
                                                    .isBetween(0.00099, 0.101);
                                        }
                                    }
                                    default -> {}
                                }
                                if (name.endsWith("out_norm.weight")
                                        || name.endsWith("norm1.weight")) {
                                    assertThat(values).containsOnly(1);
                                }
                            });
        }
    }

    @Test
    void theWorkOfFourDirectionsIsFourScans() {
        long one = of(new MambaConfig(16, 4, 2, 0, true, false)).create(0).operations().scan();
        long four = of(TokenMixers.parse("vmamba")).create(0).operations().scan();
        // only the gate within the scan is missing
        assertThat((double) four / one).isBetween(3.9, 4.0);
        assertThat(of(TokenMixers.parse("local-clusters")).create(0).operations().scan()).isZero();
    }

    private static ZigMaConfig of(MixerSpec mixer) {
        return new ZigMaConfig(
                8,
                8,
                1,
                2,
                16,
                1,
                new Zigzag(1),
                mixer,
                Positions.NONE,
                NormKind.RMS,
                1e-5,
                0,
                Conditioning.none());
    }

    private static Map<String, float[]> gradients(
            ZigMaConfig config, NDManager parent, @Nullable Supplier<GradientTape> opener) {
        try (NDManager manager = parent.newSubManager()) {
            ZigMa model = RandomWeights.of(config.create(0), manager);
            Pass pass = Pass.training(new ParameterStore(manager, false));
            NDArray x = RandomWeights.normal(manager, new Random(3), config.sample().batch(3));
            NDArray t = manager.create(new float[] {0.1f, 0.5f, 0.9f});
            List<Parameter> learned =
                    model.namedParameters().values().stream()
                            .filter(Parameter::requiresGradient)
                            .toList();
            learned.forEach(parameter -> parameter.getArray().setRequiresGradient(true));
            if (opener == null) {
                try (var collector = manager.getEngine().newGradientCollector()) {
                    collector.backward(loss(model, pass, x, t));
                }
            } else {
                try (GradientTape tape = opener.get()) {
                    tape.backward(loss(model, pass, x, t));
                }
            }
            Map<String, float[]> gradients = new LinkedHashMap<>();
            model.namedParameters()
                    .forEach(
                            (name, parameter) -> {
                                if (parameter.requiresGradient()) {
                                    gradients.put(
                                            name,
                                            parameter.getArray().getGradient().toFloatArray());
                                }
                            });
            return gradients;
        }
    }

    private static NDArray loss(ZigMa model, Pass pass, NDArray x, NDArray t) {
        Shape batch = x.getShape();
        return model.forward(pass, x, t, Condition.NONE).reshape(batch).square().mean();
    }
}
