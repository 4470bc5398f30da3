package io.zigma.codec;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.zigma.io.ShapedTensor;
import io.zigma.nn.Pass;
import io.zigma.op.GradientTape;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class AutoencoderGoldenTest {

    // as the fixtures suggest
    private static final Tolerance VALUE = Tolerance.elementwise(1e-4, 2e-5);

    // a gradient that is 0 but for rounding (of a key's bias) is compared with the largest of all
    private static final double GRADIENT = 1e-3;
    private static final double GRADIENT_FLOOR = 1e-4;

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("vae");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void encodesAsTheOfficialPosterior(Fixture fixture) {
        requires(fixture, "out.moments");
        try (NDManager manager = NDManager.newBaseManager()) {
            AutoencoderCodec codec = codec(fixture, manager);
            Close.assertClose(
                    fixture, "out.moments", codec.moments(fixture.array(manager, "in.x")), VALUE);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void decodesAsTheOfficialDecoder(Fixture fixture) {
        requires(fixture, "out.decode");
        try (NDManager manager = NDManager.newBaseManager()) {
            AutoencoderConfig config = config(fixture);
            Autoencoder network = network(fixture, config, manager);
            NDArray z = fixture.array(manager, "in.z");
            // CompVis' frozen decoder divides by the scale itself, diffusers' leaves that out
            NDArray actual =
                    fixture.config().has("scale_factor")
                            ? network.codec(manager.newSubManager()).decode(z)
                            : network.decode(pass(manager), z);
            Close.assertClose(fixture, "out.decode", actual, VALUE);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void aSampleIsTheScaledLatent(Fixture fixture) {
        requires(fixture, "out.decode");
        try (NDManager manager = NDManager.newBaseManager()) {
            AutoencoderConfig config = config(fixture);
            NDArray z = fixture.array(manager, "in.z");
            NDArray sample =
                    fixture.config().has("scale_factor")
                            ? z
                            : z.sub(config.shift()).mul(config.scale());
            NDArray actual = codec(fixture, manager).decode(sample);
            Close.assertClose(fixture, "out.decode", actual, VALUE);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void drawsFromTheOfficialPosterior(Fixture fixture) {
        String expected = fixture.has("out.z_scaled") ? "out.z_scaled" : "out.sample_scaled";
        requires(fixture, expected);
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray actual =
                    codec(fixture, manager)
                            .encode(
                                    fixture.array(manager, "in.x"),
                                    fixture.array(manager, "in.sample_noise"));
            Close.assertClose(fixture, expected, actual, VALUE);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void theModeIsTheOfficialMean(Fixture fixture) {
        requires(fixture, "out.mean");
        try (NDManager manager = NDManager.newBaseManager()) {
            AutoencoderConfig config = config(fixture);
            NDArray sample = codec(fixture, manager).encode(fixture.array(manager, "in.x"));
            NDArray mean = sample.div(config.scale()).add(config.shift());
            Close.assertClose(fixture, "out.mean", mean, VALUE);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void tilesAsTheOfficialProgram(Fixture fixture) {
        requires(fixture, "out.tiled_decode");
        JsonObject tiling = fixture.json().getAsJsonObject("tiling");
        try (NDManager manager = NDManager.newBaseManager()) {
            AutoencoderConfig config = config(fixture);
            AutoencoderCodec codec =
                    codec(fixture, manager)
                            .withTiling(
                                    new Tiling(
                                            tiling.get("tile_latent_min_size").getAsInt(),
                                            tiling.get("tile_overlap_factor").getAsDouble(),
                                            Tiling.Layout.STRIDED));
            NDArray z = fixture.array(manager, "in.tile_z");
            Close.assertClose(
                    fixture,
                    "out.tiled_decode",
                    codec.decode(z.sub(config.shift()).mul(config.scale())),
                    VALUE);
            Close.assertClose(
                    fixture,
                    "out.tiled_moments",
                    codec.moments(fixture.array(manager, "in.tile_x")),
                    VALUE);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void givesTheOfficialGradients(Fixture fixture) {
        List<String> names = fixture.names("grad.");
        Assumptions.assumeFalse(names.isEmpty(), "the fixture records no gradients");
        requires(fixture, "out.decode");
        try (NDManager manager = NDManager.newBaseManager()) {
            Autoencoder network = network(fixture, config(fixture), manager);
            try (GradientTape tape = GradientTape.open()) {
                NDArray decoded = network.decode(training(manager), fixture.array(manager, "in.z"));
                NDArray difference = decoded.sub(fixture.array(manager, "in.target"));
                tape.backward(difference.mul(difference).mean());
            }
            Map<String, String> here = tensors(fixture).names();
            Map<String, Parameter> parameters = network.namedParameters();
            double largest =
                    names.stream()
                            .flatMap(name -> Stream.of(fixture.floats(name)))
                            .mapToDouble(AutoencoderGoldenTest::largest)
                            .max()
                            .orElse(0);
            here.forEach(
                    (name, official) -> {
                        if (fixture.has("grad." + official)) {
                            NDArray gradient = parameters.get(name).getArray().getGradient();
                            Close.assertClose(
                                    "grad." + official,
                                    gradient.toFloatArray(),
                                    fixture.floats("grad." + official),
                                    Tolerance.ofLargest(GRADIENT, GRADIENT_FLOOR * largest));
                        }
                    });
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void everyTensorOfTheFileIsAParameterAndNoneIsMissing(Fixture fixture) {
        AutoencoderTensors tensors = tensors(fixture);
        Map<String, Parameter> parameters = config(fixture).network().namedParameters();
        assertThat(tensors.names().values())
                .containsExactlyInAnyOrderElementsOf(
                        fixture.names("param.").stream()
                                .map(name -> name.substring("param.".length()))
                                .toList());
        assertThat(tensors.shapes().keySet())
                .containsExactlyInAnyOrderElementsOf(parameters.keySet());
        parameters.forEach(
                (name, parameter) ->
                        assertThat(tensors.shapes().get(name))
                                .as(name)
                                .isEqualTo(parameter.getShape().getShape()));
    }

    private static double largest(float[] values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private static void requires(Fixture fixture, String tensor) {
        Assumptions.assumeTrue(fixture.has(tensor), "the fixture has no " + tensor);
    }

    private static AutoencoderTensors tensors(Fixture fixture) {
        Map<String, ShapedTensor> tensors = new LinkedHashMap<>();
        for (String name : fixture.names("param.")) {
            List<Long> sides = Arrays.stream(fixture.shape(name)).boxed().toList();
            tensors.put(name.substring("param.".length()), () -> sides);
        }
        return AutoencoderTensors.in(tensors).orElseThrow();
    }

    /** What the tensors do not say is in the fixture's description. */
    private static AutoencoderConfig config(Fixture fixture) {
        JsonObject config = fixture.config();
        JsonElement scale =
                config.has("scale_factor")
                        ? config.get("scale_factor")
                        : config.get("scaling_factor");
        return tensors(fixture)
                .config(
                        config.get("norm_num_groups").getAsInt(),
                        scale.getAsDouble(),
                        config.has("shift_factor") && !config.get("shift_factor").isJsonNull()
                                ? config.get("shift_factor").getAsDouble()
                                : 0);
    }

    private static Autoencoder network(
            Fixture fixture, AutoencoderConfig config, NDManager manager) {
        Autoencoder network = new Autoencoder(config);
        Map<String, String> names = tensors(fixture).names();
        network.namedParameters()
                .forEach(
                        (name, parameter) ->
                                parameter.setInitializer(
                                        (owner, shape, type) ->
                                                fixture.array(owner, "param." + names.get(name))
                                                        .reshape(shape)));
        network.initialize(manager);
        return network;
    }

    private static AutoencoderCodec codec(Fixture fixture, NDManager manager) {
        return network(fixture, config(fixture), manager).codec(manager.newSubManager());
    }

    private static Pass pass(NDManager manager) {
        return Pass.inference(new ParameterStore(manager, false));
    }

    private static Pass training(NDManager manager) {
        return Pass.training(new ParameterStore(manager, false));
    }
}
