package io.zigma.mixer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import io.zigma.base.Setting;
import io.zigma.nn.MambaConfig;
import io.zigma.nn.MixerSpec;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;
import io.zigma.scan.Grid;
import io.zigma.scan.LayerScan;
import io.zigma.scan.Zigzag;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenMixersTest {

    private static final int SIZE = 16;
    private static final Grid WIDE = Grid.image(4, 6);

    static Stream<MixerKind> kinds() {
        return TokenMixers.REGISTRY.all().stream();
    }

    /** Every mixer as it is by default, and some with everything changed. */
    static Stream<String> spellings() {
        return Stream.concat(
                TokenMixers.REGISTRY.names().stream(),
                Stream.of(
                        "mamba:states=4,convolution-width=3,expand=3,dt-rank=2,convolution-bias=false,projection-bias=true",
                        "vmamba:states=1,ratio=1.5,dt-rank=2,convolution-width=0,gate=false,directions=bidirectional",
                        "ccvim:convolution-bias=false,directions=scan+h-flip+c3+c2,windows=1,compatible=true",
                        "local-clusters:clusters=3,windows=1",
                        "context-cluster:heads=2,head-size=3,centre-rows=1,region-columns=3",
                        "context-cluster-block:region-rows=1,mlp-ratio=1.5,layer-scale=false"));
    }

    @ParameterizedTest
    @MethodSource("spellings")
    void aSpellingIsReadAndWrittenAsItIs(String spelling) {
        assertThat(TokenMixers.spelling(TokenMixers.parse(spelling))).isEqualTo(spelling);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aMixerHasAValueForEachOfItsSettings(MixerKind kind) {
        Map<String, String> standard = new LinkedHashMap<>();
        kind.settings().forEach(setting -> standard.put(setting.name(), setting.standard()));
        MixerSpec mixer = kind.create(Map.of());
        assertThat(mixer.name()).isEqualTo(kind.name());
        assertThat(mixer.settings()).isEqualTo(standard);
        assertThat(kind.create(mixer.settings())).isEqualTo(mixer);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void whatCannotBeMeantIsRefusedByName(MixerKind kind) {
        for (Setting setting : kind.settings()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> kind.create(Map.of(setting.name(), "wrong")))
                    .withMessageContaining("mixer " + kind.name() + ": " + setting.name())
                    .withMessageContaining("'wrong'");
        }
    }

    @Test
    void theDefaultIsThePublishedMambaMixer() {
        assertThat(TokenMixers.parse("mamba")).isEqualTo(MambaConfig.PUBLISHED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "vmanba | did you mean 'vmamba'?",
                "vmamba:state=1 | did you mean 'states'?",
                "vmamba:states | an option is written NAME=VALUE",
                "ccvim:directions=h+x | there is no direction 'x'",
                "ccvim:directions=h+ | there is no direction ''",
                "ccvim:directions=c0 | there is no direction 'c0'",
                "ccvim:directions=c9999 | there is no direction 'c9999'",
                "vmamba:ratio=0 | a ratio above 0",
                "vmamba:convolution-width=4 | an odd width such as 3",
                "context-cluster-block:mlp-ratio=0 | the MLP ratio is 0.0, use a number above 0"
            })
    void aWrongSpellingIsRefusedWithWhatIsRight(String spelling, String says) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TokenMixers.parse(spelling))
                .withMessageContaining(says);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "vmamba",
                "ccvim",
                "local-clusters",
                "context-cluster",
                "context-cluster-block"
            })
    void videosAreRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TokenMixers.parse(name).check(SIZE, new Grid(2, 4, 4)))
                .withMessageContaining("images and not of videos; choose mixer mamba");
    }

    @ParameterizedTest
    @CsvSource({
        "ccvim,4,5,windows",
        "local-clusters,3,4,windows",
        "context-cluster,5,4,region-rows and region-columns",
        "context-cluster-block,4,5,region-rows and region-columns"
    })
    void aMapThatCannotBeCutIsRefusedWithWhatToChange(
            String name, int height, int width, String setting) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TokenMixers.parse(name).check(SIZE, Grid.image(height, width)))
                .withMessageContaining("%s × %s tokens".formatted(height, width))
                .withMessageContaining("change " + setting);
    }

    @Test
    void clustersNeedSixteenChannels() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TokenMixers.parse("local-clusters").check(12, WIDE))
                .withMessageContaining("16 or more, not 12; change the hidden size");
    }

    @ParameterizedTest
    @ValueSource(strings = {"vmamba", "ccvim"})
    void anAbsurdWidthIsRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TokenMixers.parse(name + ":ratio=1024").check(1 << 16, WIDE))
                .withMessageContaining("choose a ratio");
    }

    @ParameterizedTest
    @MethodSource("spellings")
    void aMixerKeepsTheShapeOfItsTokens(String spelling) {
        try (NDManager manager = NDManager.newBaseManager()) {
            UnaryBlock mixer = mixer(spelling, WIDE, manager);
            NDArray y = run(mixer, tokens(manager, 2, WIDE));
            assertThat(y.getShape()).isEqualTo(new Shape(2, WIDE.tokens(), SIZE));
            assertThat(y.isNaN().any().getBoolean()).isFalse();
        }
    }

    /** What one picture gets must not depend on those that are made with it. */
    @ParameterizedTest
    @MethodSource("spellings")
    void aSequenceGetsTheSameNumbersAloneAsInABatch(String spelling) {
        try (NDManager manager = NDManager.newBaseManager()) {
            UnaryBlock mixer = mixer(spelling, WIDE, manager);
            NDArray x = tokens(manager, 5, WIDE);
            NDArray together = run(mixer, x);
            for (int i = 0; i < 5; i++) {
                assertThat(together.get("{}:{}", i, i + 1).toFloatArray())
                        .containsExactly(run(mixer, x.get("{}:{}", i, i + 1)).toFloatArray());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("spellings")
    void nothingStaysWithTheModel(String spelling) {
        try (NDManager manager = NDManager.newBaseManager();
                NDManager work = manager.newSubManager()) {
            UnaryBlock mixer = mixer(spelling, WIDE, manager);
            NDArray x = tokens(work, 2, WIDE);
            run(mixer, x).close();
            int before = manager.getManagedArrays().size();
            run(mixer, x).close();
            assertThat(manager.getManagedArrays()).hasSize(before);
        }
    }

    @Test
    void theCompatibleInverseIsTheRightOneOnSquareMapsOnly() {
        String right = "ccvim:directions=h+v+v-flip,convolution-width=0";
        String compatible = right + ",compatible=true";
        Grid square = Grid.image(4, 4);
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = tokens(manager, 2, square);
            Close.assertClose(
                    "square map",
                    run(mixer(compatible, square, manager), x),
                    run(mixer(right, square, manager), x),
                    Tolerance.elementwise(0, 0));
            NDArray y = tokens(manager, 2, WIDE);
            NDArray difference =
                    run(mixer(compatible, WIDE, manager), y)
                            .sub(run(mixer(right, WIDE, manager), y));
            assertThat(difference.abs().max().getFloat()).isGreaterThan(1e-3f);
        }
    }

    /** With the right inverse a map and its transpose are mixed alike, whatever its sides. */
    @Test
    void columnsOfAMapAreRowsOfItsTranspose() {
        Grid tall = Grid.image(WIDE.width(), WIDE.height());
        try (NDManager manager = NDManager.newBaseManager()) {
            UnaryBlock rows = mixer("ccvim:directions=h+h-flip,convolution-width=0", WIDE, manager);
            UnaryBlock columns =
                    mixer("ccvim:directions=v+v-flip,convolution-width=0", tall, manager);
            NDArray x = tokens(manager, 2, WIDE);
            NDArray expected = transposed(run(rows, x), WIDE);
            Close.assertClose(
                    "transposed map",
                    run(columns, transposed(x, WIDE)),
                    expected,
                    Tolerance.elementwise(1e-5, 1e-6));
        }
    }

    @Test
    void theLayersOwnPathsAreDirectionsBesideTheClusters() {
        MixerSpec mixer = TokenMixers.parse("ccvim:directions=scan+c2");
        assertThat(mixer.followsScan()).isTrue();
        List<LayerScan> layers = new Zigzag(2).plan(WIDE, 2);
        for (LayerScan layer : layers) {
            assertThat(mixer.scan(WIDE, layer).orElseThrow().paths().get(0))
                    .isEqualTo(layer.paths().get(0));
        }
        assertThat(layers.get(0)).isNotEqualTo(layers.get(1));
    }

    private static NDArray transposed(NDArray tokens, Grid grid) {
        long batch = tokens.getShape().get(0);
        return tokens.reshape(batch, grid.height(), grid.width(), SIZE)
                .transpose(0, 2, 1, 3)
                .reshape(batch, grid.tokens(), SIZE);
    }

    private static UnaryBlock mixer(String spelling, Grid grid, NDManager manager) {
        MixerSpec spec = TokenMixers.parse(spelling);
        spec.check(SIZE, grid);
        UnaryBlock mixer = spec.create(SIZE, grid, new Zigzag(1).plan(grid, 1).get(0));
        SplittableRandom random = new SplittableRandom(3);
        mixer.namedParameters()
                .values()
                .forEach(
                        parameter ->
                                parameter.setInitializer(
                                        (owner, shape, type) ->
                                                owner.create(normal(random, shape), shape)));
        mixer.initialize(manager, DataType.FLOAT32, new Shape(1));
        return mixer;
    }

    private static NDArray tokens(NDManager manager, int batch, Grid grid) {
        Shape shape = new Shape(batch, grid.tokens(), SIZE);
        return manager.create(normal(new SplittableRandom(7), shape), shape);
    }

    private static float[] normal(SplittableRandom random, Shape shape) {
        float[] values = new float[(int) shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (0.5 * random.nextGaussian());
        }
        return values;
    }

    private static NDArray run(UnaryBlock mixer, NDArray x) {
        return mixer.apply(Pass.inference(new ParameterStore(x.getManager(), false)), x);
    }
}
