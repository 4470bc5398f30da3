package io.zigma.nn;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.zigma.scan.Fidelity;
import io.zigma.scan.LayerScan;
import io.zigma.scan.ScanPath;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MixersTest {

    private static final int SIZE = 8;
    private static final int FRAMES = 3;
    private static final int PLACES = 4;
    private static final Mixers MIXERS = new Mixers(SIZE, MambaConfig.PUBLISHED);
    private static final Tolerance ROUNDING = Tolerance.elementwise(1e-4, 1e-6);

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void aMixerBothWaysHasTheOfficialNamesInTheOfficialOrder() {
        assertThat(bothWays(12).namedParameters().keySet())
                .containsExactly(
                        "A_log",
                        "D",
                        "A_b_log",
                        "D_b",
                        "in_proj.weight",
                        "conv1d.weight",
                        "conv1d.bias",
                        "x_proj.weight",
                        "dt_proj.weight",
                        "dt_proj.bias",
                        "conv1d_b.weight",
                        "conv1d_b.bias",
                        "x_proj_b.weight",
                        "dt_proj_b.weight",
                        "dt_proj_b.bias",
                        "out_proj.weight");
    }

    @Test
    void aMixerSideBySideHasTheOfficialNamesOfEveryDirection() {
        assertThat(
                        sideBySide(ScanPath.straight(4), ScanPath.straight(4))
                                .namedParameters()
                                .keySet())
                .contains("A_b_log_list.0", "D_b_list.1", "conv1d_b_list.1.bias")
                .doesNotContain("A_log", "A_b_log_list.2");
    }

    @Test
    void aMixerOfFramesOrTimesHasTheNamesOfAPlainOne() {
        List<String> names = List.copyOf(plain(PLACES).namedParameters().keySet());
        assertThat(frames().namedParameters().keySet()).containsExactlyElementsOf(names);
        assertThat(times(Fidelity.CORRECT).namedParameters().keySet())
                .containsExactlyElementsOf(names);
    }

    @Test
    void withTheSameWeightsBothWaysThereIsNoDirection() {
        UnaryBlock mixer = filled(bothWays(12), MixersTest::ofTheForwardDirection);
        NDArray x = tokens(2, 12);
        Close.assertClose("mirrored", run(mixer, x.flip(1)), run(mixer, x).flip(1), ROUNDING);
    }

    @Test
    void aPalindromeStaysOneWithTheSameWeightsBothWays() {
        UnaryBlock mixer = filled(bothWays(12), MixersTest::ofTheForwardDirection);
        NDArray half = tokens(2, 6);
        NDArray y = run(mixer, half.concat(half.flip(1), 1));
        Close.assertClose("palindrome", y.flip(1), y, ROUNDING);
    }

    @Test
    void weightsOfTheTwoDirectionsAreIndependent() {
        UnaryBlock mixer = filled(bothWays(12), UnaryOperator.identity());
        NDArray x = tokens(2, 12);
        assertThat(run(mixer, x.flip(1)).sub(run(mixer, x).flip(1)).abs().max().getFloat())
                .isGreaterThan(1e-3f);
    }

    @Test
    void onePathTwiceSideBySideIsTwiceThatPath() {
        ScanPath path = ScanPath.of(2, 0, 1, 3);
        UnaryBlock twice =
                filled(
                        sideBySide(path, path),
                        name -> ofTheForwardDirection(name.replaceAll("_list\\.\\d", "")));
        UnaryBlock once = filled(MIXERS.of(new LayerScan.Along(path)), UnaryOperator.identity());
        NDArray x = tokens(2, 4);
        Close.assertClose("sum", run(twice, x), run(once, x).mul(2), ROUNDING);
    }

    @Test
    void aFrameKnowsNothingOfTheOthers() {
        UnaryBlock mixer = filled(frames(), UnaryOperator.identity());
        NDArray x = tokens(1, FRAMES * PLACES);
        NDArray changed = x.duplicate();
        changed.set(new NDIndex(":,{}:{}", PLACES, 2 * PLACES), array -> array.add(1));
        assertThat(changedTokens(run(mixer, x), run(mixer, changed))).containsExactly(4, 5, 6, 7);
    }

    @Test
    void aPlaceKnowsNothingOfTheOthers() {
        UnaryBlock mixer = filled(times(Fidelity.CORRECT), UnaryOperator.identity());
        NDArray x = tokens(1, FRAMES * PLACES);
        NDArray changed = x.duplicate();
        changed.set(new NDIndex(":,1"), array -> array.add(1));
        assertThat(changedTokens(run(mixer, x), run(mixer, changed)))
                .as("the same place in this frame and, since time runs forwards, in later ones")
                .containsExactly(1, 1 + PLACES, 1 + 2 * PLACES);
    }

    @Test
    void aPlaceIsMixedAsThoughItWereAlone() {
        UnaryBlock mixer = filled(times(Fidelity.CORRECT), UnaryOperator.identity());
        UnaryBlock alone = filled(plain(FRAMES), UnaryOperator.identity());
        NDArray x = tokens(2, FRAMES * PLACES);
        NDArray y = run(mixer, x).reshape(2, FRAMES, PLACES, SIZE);
        for (int place = 0; place < PLACES; place++) {
            NDArray sequence = x.reshape(2, FRAMES, PLACES, SIZE).get(":,:,{}", place).duplicate();
            Close.assertClose(
                    "place " + place, y.get(":,:,{}", place), run(alone, sequence), ROUNDING);
        }
    }

    @Test
    void theCompatibleResultIsTheRightOneWithTimeMirrored() {
        UnaryBlock right = filled(times(Fidelity.CORRECT), UnaryOperator.identity());
        UnaryBlock published = filled(times(Fidelity.COMPATIBLE), UnaryOperator.identity());
        NDArray x = tokens(2, FRAMES * PLACES);
        Shape byFrame = new Shape(2, FRAMES, PLACES, SIZE);
        Close.assertClose(
                "mirrored",
                run(published, x).reshape(byFrame),
                run(right, x).reshape(byFrame).flip(1),
                ROUNDING);
    }

    private static UnaryBlock plain(int tokens) {
        return MIXERS.of(new LayerScan.Along(ScanPath.straight(tokens)));
    }

    private static UnaryBlock bothWays(int tokens) {
        return MIXERS.of(new LayerScan.BothWays(ScanPath.straight(tokens)));
    }

    private static UnaryBlock sideBySide(ScanPath... paths) {
        return MIXERS.of(new LayerScan.SideBySide(List.of(paths)));
    }

    private static UnaryBlock frames() {
        return MIXERS.of(new LayerScan.WithinFrames(FRAMES, ScanPath.straight(PLACES)));
    }

    private static UnaryBlock times(Fidelity fidelity) {
        return MIXERS.of(new LayerScan.ThroughTime(ScanPath.straight(FRAMES), PLACES, fidelity));
    }

    /**
     * The name of the forward direction's parameter that corresponds to one of the backward
     * direction.
     */
    private static String ofTheForwardDirection(String name) {
        return name.replace("_b_log", "_log").replace("_b", "");
    }

    /** Fills a mixer with weights that depend on what its parameters are called here. */
    private UnaryBlock filled(UnaryBlock mixer, UnaryOperator<String> called) {
        Map<String, Parameter> parameters = mixer.namedParameters();
        parameters.forEach(
                (name, parameter) ->
                        parameter.setInitializer(
                                (owner, shape, type) ->
                                        owner.create(weights(called.apply(name), shape), shape)));
        mixer.initialize(manager, DataType.FLOAT32, new Shape(1, 1, SIZE));
        return mixer;
    }

    private static float[] weights(String name, Shape shape) {
        return uniform(name.hashCode(), (int) shape.size());
    }

    private NDArray tokens(int batch, int count) {
        return manager.create(uniform(count, batch * count * SIZE), new Shape(batch, count, SIZE));
    }

    private static float[] uniform(long seed, int count) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (random.nextDouble() - 0.5);
        }
        return values;
    }

    private NDArray run(UnaryBlock mixer, NDArray x) {
        return mixer.apply(Pass.inference(new ParameterStore(manager, false)), x);
    }

    private static List<Integer> changedTokens(NDArray before, NDArray after) {
        float[] differences = before.sub(after).abs().max(new int[] {2}).toFloatArray();
        return IntStream.range(0, differences.length)
                .filter(token -> differences[token] > 1e-6f)
                .boxed()
                .toList();
    }
}
