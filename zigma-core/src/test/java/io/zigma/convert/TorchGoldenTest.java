package io.zigma.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.zigma.backbone.Backbone;
import io.zigma.backbone.zigma.OfficialConstructor;
import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.condition.ByClass;
import io.zigma.condition.Condition;
import io.zigma.convert.PickleValue.Dictionary;
import io.zigma.convert.PickleValue.Int;
import io.zigma.convert.PickleValue.Items;
import io.zigma.convert.PickleValue.Real;
import io.zigma.convert.PickleValue.Scalar;
import io.zigma.convert.PickleValue.Text;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.InterpolantProcess;
import io.zigma.diffusion.Prediction;
import io.zigma.io.SafetensorsFile;
import io.zigma.nn.Pass;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class TorchGoldenTest {

    private static final Tolerance VALUE = Tolerance.ofLargest(2e-5, 0);

    @TempDir Path temporary;

    static Stream<Fixture> checkpoints() {
        return Golden.fixtures("ckpt");
    }

    static Stream<Fixture> zoos() {
        return Golden.fixtures("tensor_zoo");
    }

    static Stream<Fixture> malicious() {
        return Golden.fixtures("malicious");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("checkpoints")
    void bothSetsOfWeightsAreReadBitByBit(Fixture fixture) throws IOException {
        try (TorchFile torch = TorchFile.open(file(fixture))) {
            assertSame(fixture, "param.", torch, tensors(torch, "model"));
            assertSame(fixture, "ema.", torch, tensors(torch, "ema"));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("checkpoints")
    void theOptimisersStateIsReadBitByBit(Fixture fixture) throws IOException {
        try (TorchFile torch = TorchFile.open(file(fixture))) {
            Map<String, TorchTensor> moments = new TreeMap<>();
            Dictionary states = dictionary(dictionary(torch.root(), "opt"), "state");
            for (Map.Entry<Scalar, PickleValue> state : states.entries()) {
                String index = ((Int) state.getKey()).value().toString();
                for (Map.Entry<Scalar, PickleValue> moment :
                        ((Dictionary) state.getValue()).entries()) {
                    moments.put(
                            index + "." + ((Text) moment.getKey()).value(),
                            (TorchTensor) moment.getValue());
                }
            }
            assertSame(fixture, "opt.", torch, moments);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("checkpoints")
    void namesOrderAndFactsAreThoseThatWereSaved(Fixture fixture) throws IOException {
        JsonObject config = fixture.config();
        try (TorchCheckpoint checkpoint = TorchCheckpoint.open(file(fixture));
                TorchFile torch = TorchFile.open(file(fixture))) {
            List<String> names = new ArrayList<>();
            dictionary(torch.root(), "model")
                    .entries()
                    .forEach(entry -> names.add(((Text) entry.getKey()).value()));
            assertThat(names).isEqualTo(texts(config.getAsJsonArray("state_dict_keys_in_order")));
            assertThat(checkpoint.trainSteps()).contains(config.get("train_steps").getAsLong());
            assertThat(number(((Dictionary) torch.root()).get("best_fid").orElseThrow()))
                    .isEqualTo(config.get("best_fid").getAsDouble());
            assertThat(checkpoint.interpolant()).contains(InterpolantKind.LINEAR);
            assertThat(checkpoint.prediction()).contains(Prediction.VELOCITY);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("checkpoints")
    void anImportedModelGivesTheOfficialOutput(Fixture fixture) throws IOException {
        Path file = file(fixture);
        ZigMaConfig expected =
                OfficialConstructor.config(fixture.config().getAsJsonObject("constructor"));
        try (TorchCheckpoint checkpoint = TorchCheckpoint.open(file);
                NDManager manager = NDManager.newBaseManager()) {
            ZigMaConfig model = (ZigMaConfig) checkpoint.model().orElseThrow();
            assertThat(model)
                    .usingRecursiveComparison()
                    .ignoringFields("dropPath")
                    .isEqualTo(expected);
            for (TorchWeights which : TorchWeights.values()) {
                Path folder = temporary.resolve(which.label());
                Backbone imported =
                        checkpoint
                                .convert(Optional.of(which), described(model), folder)
                                .loadModel(manager);
                NDArray y =
                        imported.forward(
                                Pass.inference(new ParameterStore(manager, false)),
                                fixture.array(manager, "in.x"),
                                fixture.array(manager, "in.t"),
                                fixture.has("in.y")
                                        ? Condition.ofLabels(fixture.array(manager, "in.y"))
                                        : Condition.NONE);
                String output = which == TorchWeights.EMA ? "out.y_ema" : "out.y_model";
                Close.assertClose(fixture, output, y, VALUE);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("checkpoints")
    void theAllowListHoldsWhatCheckpointsAskForAndNothingElse(Fixture fixture) throws IOException {
        JsonObject json = fixture.json();
        Assumptions.assumeTrue(json.has("files"), "the fixture lists no globals");
        for (Map.Entry<String, JsonElement> entry : json.getAsJsonObject("files").entrySet()) {
            List<String> refused =
                    texts(entry.getValue().getAsJsonObject().getAsJsonArray("globals")).stream()
                            .filter(global -> !allowed(global))
                            .toList();
            Path file = fixture.sibling(entry.getKey());
            if (refused.isEmpty()) {
                TorchFile.open(file).close();
            } else {
                assertThatThrownBy(() -> TorchFile.open(file))
                        .as(entry.getKey())
                        .isInstanceOf(TorchException.class)
                        .hasMessageContaining(refused.get(0));
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("zoos")
    void everyKindOfTensorIsReadFromBothFormats(Fixture fixture) throws IOException {
        for (Path file : zooFiles(fixture)) {
            try (TorchFile torch = TorchFile.open(file)) {
                for (String tensor : fixture.names("out.")) {
                    TorchTensor found =
                            (TorchTensor) find(torch.root(), tensor.substring("out.".length()));
                    assertThat(found.sides())
                            .as("%s %s", file, tensor)
                            .isEqualTo(fixture.shape(tensor));
                    if (found.storage().type().kind() == TorchType.Kind.REAL) {
                        assertThat(torch.floats(tensor, found))
                                .as("%s %s", file, tensor)
                                .isEqualTo(fixture.floats(tensor));
                    } else {
                        assertThat(torch.longs(tensor, found))
                                .as("%s %s", file, tensor)
                                .isEqualTo(fixture.longs(tensor));
                    }
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("zoos")
    void aTypeThatCannotBeReadIsRefusedByTheTensorsName(Fixture fixture) throws IOException {
        for (Path file : zooFiles(fixture)) {
            try (TorchFile torch = TorchFile.open(file)) {
                for (Map.Entry<Scalar, PickleValue> entry : ((Dictionary) torch.root()).entries()) {
                    if (entry.getValue() instanceof TorchTensor tensor
                            && tensor.storage().type().kind() == TorchType.Kind.COMPLEX) {
                        String name = ((Text) entry.getKey()).value();
                        assertThatThrownBy(() -> torch.floats(name, tensor))
                                .isInstanceOf(TorchException.class)
                                .hasMessageContainingAll(name, "COMPLEX");
                    }
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malicious")
    void aMaliciousFileIsRefusedByTheNameItAskedForAndLeavesNothing(Fixture fixture)
            throws IOException {
        Assumptions.assumeTrue(fixture.json().has("files"), "the fixture lists no files");
        List<Path> before = working();
        for (String name : texts(fixture.json().getAsJsonArray("files"))) {
            assertThatThrownBy(() -> TorchCheckpoint.open(fixture.sibling(name)))
                    .as(name)
                    .isInstanceOf(TorchException.class)
                    .hasMessageContainingAll(name, "offset", "refers to 'posix system'")
                    .hasMessageNotContaining("\n");
        }
        assertThat(working()).isEqualTo(before);
    }

    private static List<Path> working() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(""))) {
            return files.sorted().toList();
        }
    }

    private static Path file(Fixture fixture) {
        JsonObject config = fixture.config();
        Assumptions.assumeTrue(config.has("file"), "the fixture describes no checkpoint");
        return fixture.sibling(config.get("file").getAsString());
    }

    /** A zoo's description is called NAME_expected, its files NAME.pt and NAME_legacy.pt. */
    private static List<Path> zooFiles(Fixture fixture) {
        String name = fixture.name().replaceFirst("_expected$", "");
        List<Path> files =
                Stream.of(name + ".pt", name + "_legacy.pt")
                        .map(fixture::sibling)
                        .filter(Files::exists)
                        .toList();
        assertThat(files).isNotEmpty();
        return files;
    }

    private static boolean allowed(String global) {
        int space = global.indexOf(' ');
        return PickleGlobal.find(global.substring(0, space), global.substring(space + 1))
                .isPresent();
    }

    private static void assertSame(
            Fixture fixture, String prefix, TorchFile torch, Map<String, TorchTensor> tensors)
            throws IOException {
        assertThat(tensors.keySet().stream().map(prefix::concat))
                .containsExactlyInAnyOrderElementsOf(fixture.names(prefix));
        try (SafetensorsFile expected =
                SafetensorsFile.open(fixture.sibling(fixture.name() + ".safetensors"))) {
            for (Map.Entry<String, TorchTensor> entry : tensors.entrySet()) {
                String name = prefix + entry.getKey();
                assertThat(entry.getValue().sides()).as(name).isEqualTo(expected.shape(name));
                assertThat(torch.floats(name, entry.getValue()))
                        .as(name)
                        .isEqualTo(expected.floats(name));
            }
        }
    }

    /** Follows a dotted path through dictionaries, lists and tuples. */
    private static PickleValue find(PickleValue root, String path) {
        PickleValue at = root;
        for (String step : path.split("\\.", -1)) {
            at =
                    at instanceof Items items
                            ? items.items().get(Integer.parseInt(step))
                            : ((Dictionary) at).get(step).orElseThrow();
        }
        return at;
    }

    private static Dictionary dictionary(PickleValue parent, String key) {
        return (Dictionary) ((Dictionary) parent).get(key).orElseThrow();
    }

    private static Map<String, TorchTensor> tensors(TorchFile torch, String key) {
        Map<String, TorchTensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<Scalar, PickleValue> entry : dictionary(torch.root(), key).entries()) {
            tensors.put(((Text) entry.getKey()).value(), (TorchTensor) entry.getValue());
        }
        return StateDictNames.unwrapped(tensors);
    }

    private static double number(PickleValue value) {
        return value instanceof Real real ? real.value() : ((Int) value).value().doubleValue();
    }

    private static List<String> texts(JsonArray array) {
        return array.asList().stream().map(JsonElement::getAsString).toList();
    }

    private static CheckpointConfig described(ZigMaConfig model) {
        int classes = model.conditioning() instanceof ByClass byClass ? byClass.classes() : 0;
        return new CheckpointConfig(
                model,
                new InterpolantProcess(InterpolantKind.LINEAR, Prediction.VELOCITY),
                IntStream.range(0, classes).mapToObj(Integer::toString).toList(),
                CheckpointConfig.SamplingDefaults.PLAIN,
                new JsonObject(),
                new JsonObject());
    }
}
