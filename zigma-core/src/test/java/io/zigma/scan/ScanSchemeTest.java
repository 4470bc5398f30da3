package io.zigma.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScanSchemeTest {

    @Provide
    static Arbitrary<ScanScheme> schemes() {
        Arbitrary<Integer> counts = Arbitraries.integers().between(1, 8);
        Arbitrary<Fidelity> fidelities = Arbitraries.of(Fidelity.class);
        Arbitrary<List<Factorised.Axis>> patterns =
                Arbitraries.of(Factorised.Axis.class).list().ofMinSize(1).ofMaxSize(5);
        return Arbitraries.oneOf(
                Arbitraries.just(new Sweep()),
                Arbitraries.just(new Bidirectional()),
                counts.map(Zigzag::new),
                counts.map(Parallel::new),
                Combinators.combine(counts, fidelities).as(Hilbert::new),
                Combinators.combine(
                                Arbitraries.integers().between(1, 40),
                                Arbitraries.longs().greaterOrEqual(0))
                        .as(RandomOrder::new),
                Combinators.combine(patterns, fidelities).as(Factorised::new));
    }

    @Provide
    static Arbitrary<Grid> grids() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 5),
                        Arbitraries.integers().between(1, 13),
                        Arbitraries.integers().between(1, 13))
                .as(Grid::new);
    }

    @Property
    void everyLayerTakesAllTokens(
            @ForAll("schemes") ScanScheme scheme,
            @ForAll("grids") Grid grid,
            @ForAll @IntRange(max = 20) int layers) {
        List<LayerScan> plan = scheme.plan(grid, layers);
        assertThat(plan).hasSize(layers);
        assertThat(plan).allSatisfy(scan -> assertThat(scan.tokens()).isEqualTo(grid.tokens()));
    }

    @Property
    void everyPathVisitsEveryTokenOnce(
            @ForAll("schemes") ScanScheme scheme, @ForAll("grids") Grid grid) {
        for (ScanPath path : paths(scheme, grid)) {
            int[] visited = path.order();
            Arrays.sort(visited);
            assertThat(visited).isEqualTo(IntStream.range(0, path.length()).toArray());
        }
    }

    @Property
    void theInverseIsTheStepAtWhichEachTokenIsVisited(
            @ForAll("schemes") ScanScheme scheme, @ForAll("grids") Grid grid) {
        for (ScanPath path : paths(scheme, grid)) {
            int[] order = path.order();
            int[] inverse = path.inverse();
            for (int step = 0; step < order.length; step++) {
                assertThat(inverse[order[step]]).isEqualTo(step);
            }
        }
    }

    @Property
    void reversingTwiceGivesTheSamePath(
            @ForAll("schemes") ScanScheme scheme, @ForAll("grids") Grid grid) {
        for (ScanPath path : paths(scheme, grid)) {
            int[] backwards = path.reversed().order();
            int[] order = path.order();
            for (int step = 0; step < order.length; step++) {
                assertThat(backwards[order.length - 1 - step]).isEqualTo(order[step]);
            }
            assertThat(path.reversed().reversed()).isEqualTo(path);
        }
    }

    @Property
    void aZigzagOnlyStepsToNeighboursInSpaceAndTime(@ForAll("grids") Grid grid) {
        for (ScanPath path : paths(new Zigzag(8), grid)) {
            assertThat(Jumps.of(path, grid)).as("%s on %s", path, grid).isEmpty();
        }
    }

    @Property(tries = 200)
    void aHilbertCurveOnlyStepsToNeighboursInSpaceAndTime(
            @ForAll @IntRange(min = 1, max = 3) int frames,
            @ForAll @IntRange(min = 1, max = 70) int height,
            @ForAll @IntRange(min = 1, max = 70) int width) {
        Grid grid = new Grid(frames, height, width);
        for (ScanPath path : paths(new Hilbert(8, Fidelity.CORRECT), grid)) {
            assertThat(Jumps.of(path, grid)).as("%s on %s", path, grid).isEmpty();
        }
    }

    @Property
    void onSquaresThePublishedHilbertOrderIsTheInverseOfTheCurve(
            @ForAll @IntRange(min = 1, max = 20) int side) {
        Grid grid = Grid.image(side, side);
        List<ScanPath> curves = paths(new Hilbert(8, Fidelity.CORRECT), grid);
        List<ScanPath> published = paths(new Hilbert(8, Fidelity.COMPATIBLE), grid);
        for (int number = 0; number < 8; number++) {
            assertThat(published.get(number).order()).isEqualTo(curves.get(number).inverse());
        }
    }

    @Property
    void layersOfSinglePathsCycleThroughThem(
            @ForAll @IntRange(min = 1, max = 8) int count,
            @ForAll @IntRange(max = 40) int layers,
            @ForAll("grids") Grid grid) {
        List<ScanPath> zigzags = paths(new Zigzag(8), grid);
        List<LayerScan> plan = new Zigzag(count).plan(grid, layers);
        for (int layer = 0; layer < layers; layer++) {
            assertThat(plan.get(layer)).isEqualTo(new LayerScan.Along(zigzags.get(layer % count)));
        }
    }

    @Property
    void factorisedLayersFollowTheirPattern(
            @ForAll("grids") Grid grid, @ForAll @IntRange(max = 20) int layers) {
        List<LayerScan> plan = Factorised.of("sst", Fidelity.CORRECT).plan(grid, layers);
        for (int layer = 0; layer < layers; layer++) {
            assertThat(plan.get(layer))
                    .isInstanceOf(
                            layer % 3 == 2
                                    ? LayerScan.ThroughTime.class
                                    : LayerScan.WithinFrames.class);
        }
    }

    @Property
    void layersThroughTimeAlternateBetweenForwardsAndBackwards(@ForAll("grids") Grid grid) {
        List<LayerScan> plan = Factorised.of("t", Fidelity.CORRECT).plan(grid, 3);
        ScanPath forwards = ScanPath.straight(grid.frames());
        assertThat(plan.stream().map(scan -> scan.paths().get(0)))
                .containsExactly(forwards, forwards.reversed(), forwards);
    }

    @Property
    void resultsAreReadAndWrittenAlongOnePathUnlessCompatible(
            @ForAll("grids") Grid grid, @ForAll Fidelity fidelity) {
        for (LayerScan scan : Factorised.of("t", fidelity).plan(grid, 2)) {
            LayerScan.ThroughTime time = (LayerScan.ThroughTime) scan;
            assertThat(time.written())
                    .isEqualTo(fidelity == Fidelity.CORRECT ? time.path() : time.path().reversed());
        }
    }

    @Property
    void aSchemeIsReadAsItIsSpelled(@ForAll("schemes") ScanScheme scheme) {
        assertThat(ScanScheme.parse(scheme.spelling())).isEqualTo(scheme);
    }

    @ParameterizedTest
    @CsvSource({
        "sweep, sweep",
        "zigzag-8, zigzag-8",
        "hilbert-2, hilbert-2",
        "hilbert-compatible-8, hilbert-compatible-8",
        "random-12, random-12",
        "random-12-seed-7, random-12-seed-7",
        "bidirectional, bidirectional",
        "parallel-4, parallel-4",
        "factorised-sst, factorised-sst",
        "factorised-compatible-st, factorised-compatible-st"
    })
    void everySchemeHasOneSpelling(String text, String spelling) {
        assertThat(ScanScheme.parse(text).spelling()).isEqualTo(spelling);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "zigzag", "ZIGZAG-8", "zigzag-08", "random-1-seed-0", "factorised-sxt"})
    void aWrongSpellingIsRefusedWithTheRightOnes(String text) {
        assertThatThrownBy(() -> ScanScheme.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("no scan '" + text + "'", "zigzag-N", "factorised-PATTERN")
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @CsvSource({
        "zigzag-9, zigzag-1 to zigzag-8",
        "hilbert-9, 1 to 8 symmetries",
        "random-2-seed-9999999999999999999, at most 9223372036854775807",
        "parallel-12, parallel-1 to parallel-8"
    })
    void aNumberOutOfRangeIsRefusedWithTheRange(String text, String message) {
        assertThatThrownBy(() -> ScanScheme.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Property(tries = 100)
    void randomOrdersDependOnTheirSeedOnly(
            @ForAll @IntRange(min = 2, max = 9) int count,
            @ForAll @LongRange(min = 0, max = 1000) long seed) {
        Grid grid = Grid.image(5, 7);
        List<ScanPath> orders = paths(new RandomOrder(count, seed), grid);
        assertThat(paths(new RandomOrder(count, seed), grid)).isEqualTo(orders);
        assertThat(paths(new RandomOrder(1, seed), grid)).containsExactly(orders.get(0));
        assertThat(orders).doesNotHaveDuplicates();
        assertThat(paths(new RandomOrder(count, seed + 1), grid)).doesNotContainSequence(orders);
    }

    @Test
    void randomOrdersStayAsTheyAreForEver() {
        assertThat(paths(new RandomOrder(2, 7), Grid.image(2, 4)))
                .containsExactly(
                        ScanPath.of(7, 2, 1, 6, 0, 5, 3, 4), ScanPath.of(0, 2, 6, 5, 7, 4, 3, 1));
    }

    @Test
    void theEightZigzagsOfASquareAreAllDifferent() {
        assertThat(paths(new Zigzag(8), Grid.image(4, 4))).hasSize(8).doesNotHaveDuplicates();
        assertThat(paths(new Zigzag(8), new Grid(3, 4, 4))).hasSize(8).doesNotHaveDuplicates();
    }

    @Test
    void theSweepIsStraight() {
        assertThat(paths(new Sweep(), new Grid(2, 3, 5))).allMatch(ScanPath::isStraight);
    }

    @Test
    void aPatternWithoutLettersIsRefused() {
        assertThatThrownBy(() -> Factorised.of("", Fidelity.CORRECT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 to 64 letters");
    }

    @Test
    void pathsOfDifferentLengthsCannotGoSideBySide() {
        assertThatThrownBy(
                        () ->
                                new LayerScan.SideBySide(
                                        List.of(ScanPath.straight(2), ScanPath.straight(3))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("same number of tokens");
    }

    /** The different paths of a scheme's first layers, in order. */
    private static List<ScanPath> paths(ScanScheme scheme, Grid grid) {
        int layers =
                scheme instanceof Zigzag zigzag
                        ? zigzag.count()
                        : scheme instanceof Hilbert hilbert
                                ? hilbert.count()
                                : scheme instanceof RandomOrder random ? random.count() : 5;
        List<ScanPath> paths =
                scheme.plan(grid, layers).stream().flatMap(scan -> scan.paths().stream()).toList();
        return scheme instanceof Sweep ? paths.subList(0, 1) : paths;
    }
}
