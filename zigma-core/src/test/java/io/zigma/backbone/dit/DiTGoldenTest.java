package io.zigma.backbone.dit;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import io.zigma.condition.Condition;
import io.zigma.nn.FixtureWeights;
import io.zigma.nn.Pass;
import io.zigma.nn.PositionTable;
import io.zigma.nn.TimestepEmbedding;
import io.zigma.op.GradientTape;
import io.zigma.scan.Grid;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class DiTGoldenTest {

    // as the fixtures suggest: float32 angles up to 999 alone move outputs by 5e-5
    private static final Tolerance VALUE = Tolerance.elementwise(1e-4, 1e-4);
    private static final Tolerance GRADIENT = Tolerance.ofLargest(1e-3, 1e-7);
    private static final Tolerance POSITION = Tolerance.elementwise(0, 1e-6);

    private static final Pattern TABLE = Pattern.compile("out\\.pos\\.dim(\\d+)\\.grid(\\d+)");
    private static final Pattern TIMES = Pattern.compile("out\\.timestep_embedding\\.dim(\\d+)");

    static Stream<Fixture> fixtures() {
        return Stream.of("dit", "sit").flatMap(Golden::fixtures);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void givesTheOfficialOutput(Fixture fixture) {
        requireModel(fixture);
        try (NDManager manager = NDManager.newBaseManager()) {
            Problem problem = new Problem(fixture, manager);
            Close.assertClose(fixture, "out.forward", problem.predict(), VALUE);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void passesThroughTheOfficialIntermediates(Fixture fixture) {
        requireModel(fixture);
        Assumptions.assumeTrue(fixture.has("mid.blocks.0"), "the fixture records no intermediates");
        try (NDManager manager = NDManager.newBaseManager()) {
            Problem problem = new Problem(fixture, manager);
            NDArray c = problem.model.embed(problem.pass, problem.t, problem.condition);
            Close.assertClose(
                    "c",
                    c,
                    fixture.array(manager, "mid.t_embedder")
                            .add(fixture.array(manager, "mid.y_embedder")),
                    VALUE);
            NDArray tokens = problem.model.embed(problem.pass, problem.x);
            int layer = 0;
            for (DiTBlock block : problem.model.blocks()) {
                tokens = block.apply(problem.pass, tokens, c, null);
                Close.assertClose(fixture, "mid.blocks." + layer, tokens, VALUE);
                layer++;
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void givesTheOfficialGradientsThroughTheEnginesGraph(Fixture fixture) {
        requireGradients(fixture);
        try (NDManager manager = NDManager.newBaseManager()) {
            Problem problem = new Problem(fixture, manager);
            problem.x.setRequiresGradient(true);
            try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                NDArray loss = problem.loss();
                collector.backward(loss);
            }
            problem.assertGradients();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void givesTheOfficialGradientsThroughTheTape(Fixture fixture) {
        requireGradients(fixture);
        assertGradients(fixture, GradientTape::open);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void givesTheOfficialGradientsWhenBlocksAreRecomputed(Fixture fixture) {
        requireGradients(fixture);
        assertGradients(fixture, GradientTape::openRecomputing);
    }

    private static void assertGradients(Fixture fixture, Supplier<GradientTape> opener) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Problem problem = new Problem(fixture, manager);
            problem.x.setRequiresGradient(true);
            try (GradientTape tape = opener.get()) {
                NDArray loss = problem.loss();
                tape.backward(loss);
                assertThat(loss.getFloat())
                        .isCloseTo(fixture.floats("out.loss")[0], Percentage.withPercentage(0.01));
            }
            problem.assertGradients();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void withGatesOfOneItIsPlainAdaLn(Fixture fixture) {
        requireModel(fixture);
        try (NDManager manager = NDManager.newBaseManager()) {
            Problem official = new Problem(fixture, manager);
            Assumptions.assumeTrue(
                    official.hasUnitGates(manager), "the fixture's gates are not one");
            DiT plain = official.plain(manager);
            NDArray output =
                    plain.forward(official.pass, official.x, official.t, official.condition);
            Close.assertClose(fixture, "out.forward", output, VALUE);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void positionsAndTimesAreTheOfficial(Fixture fixture) {
        List<String> tables = matching(fixture, TABLE);
        List<String> times = matching(fixture, TIMES);
        Assumptions.assumeFalse(
                tables.isEmpty() && times.isEmpty(), "the fixture has no embeddings");
        try (NDManager manager = NDManager.newBaseManager()) {
            for (String tensor : tables) {
                Matcher sizes = TABLE.matcher(tensor);
                assertThat(sizes.matches()).isTrue();
                int size = Integer.parseInt(sizes.group(1));
                int side = Integer.parseInt(sizes.group(2));
                NDArray table =
                        manager.create(
                                PositionTable.sineCosine(Grid.image(side, side), size),
                                new Shape((long) side * side, size));
                String rows = tensor.replace("out.pos", "in.rows");
                NDArray asked =
                        fixture.has(rows)
                                ? table.gather(
                                        fixture.array(manager, rows).reshape(-1, 1).repeat(1, size),
                                        0)
                                : table;
                Close.assertClose(fixture, tensor, asked, POSITION);
            }
            for (String tensor : times) {
                Matcher sizes = TIMES.matcher(tensor);
                assertThat(sizes.matches()).isTrue();
                NDArray t = fixture.array(manager, "in.t");
                Close.assertClose(
                        fixture,
                        tensor,
                        TimestepEmbedding.sinusoids(t, Integer.parseInt(sizes.group(1))),
                        VALUE);
            }
        }
    }

    private static List<String> matching(Fixture fixture, Pattern pattern) {
        return fixture.names("out.").stream()
                .filter(name -> pattern.matcher(name).matches())
                .toList();
    }

    private static void requireModel(Fixture fixture) {
        Assumptions.assumeTrue(fixture.has("out.forward"), "the fixture is no model");
    }

    private static void requireGradients(Fixture fixture) {
        Assumptions.assumeTrue(
                !fixture.names("grad.").isEmpty(), "the fixture records no gradients");
    }

    /** A fixture's model with its weights and inputs. */
    private static final class Problem {

        final Fixture fixture;
        final NDManager manager;
        final DiT model;
        final Pass pass;
        final NDArray x;
        final NDArray t;
        final Condition condition;

        Problem(Fixture fixture, NDManager manager) {
            this.fixture = fixture;
            this.manager = manager;
            model = new DiT(DiTFixtures.config(fixture), 0);
            x = fixture.array(manager, "in.x");
            t = fixture.array(manager, "in.t").toType(DataType.FLOAT32, false);
            condition = Condition.ofLabels(fixture.array(manager, "in.y"));
            FixtureWeights.load(model, fixture, manager, x.getShape(), t.getShape());
            pass = Pass.inference(new ParameterStore(manager, false));
        }

        NDArray predict() {
            return model.forward(pass, x, t, condition);
        }

        NDArray loss() {
            return predict().sub(fixture.array(manager, "in.target")).square().mean();
        }

        void assertGradients() {
            FixtureWeights.assertGradientsClose(model, fixture, GRADIENT);
            if (fixture.has("grad_in.x")) {
                Close.assertClose(fixture, "grad_in.x", x.getGradient(), GRADIENT);
            }
        }

        boolean hasUnitGates(NDManager owner) {
            for (int layer = 0; layer < model.spec().depth(); layer++) {
                NDArray weight = modulation(owner, layer, "weight");
                NDArray bias = modulation(owner, layer, "bias");
                for (int gate : new int[] {2, 5}) {
                    if (weight.get(gate).abs().max().getFloat() != 0
                            || bias.get(gate).sub(1).abs().max().getFloat() != 0) {
                        return false;
                    }
                }
            }
            return true;
        }

        /** The regression's parameters by part (6, D, …). */
        private NDArray modulation(NDManager owner, int layer, String which) {
            NDArray all =
                    fixture.array(
                            owner, "param.blocks.%s.adaLN_modulation.1.%s".formatted(layer, which));
            int size = model.spec().hiddenSize();
            return all.reshape(
                    all.size() == 6L * size ? new Shape(6, size) : new Shape(6, size, size));
        }

        /** The same weights but those of the gates. */
        DiT plain(NDManager owner) {
            DiTConfig c = model.spec();
            DiT plain =
                    new DiT(
                            new DiTConfig(
                                    c.signature(),
                                    c.patchSize(),
                                    c.hiddenSize(),
                                    c.depth(),
                                    c.heads(),
                                    c.mlpRatio(),
                                    BlockKind.ADALN,
                                    c.unusedVariance()),
                            0);
            plain.namedParameters()
                    .forEach(
                            (name, parameter) ->
                                    parameter.setInitializer(
                                            (m, shape, type) -> withoutGates(m, name, shape)));
            plain.initialize(owner);
            return plain;
        }

        private NDArray withoutGates(NDManager owner, String name, Shape shape) {
            NDArray all = fixture.array(owner, "param." + name);
            if (all.getShape().equals(shape)) {
                return all;
            }
            NDArray parts = all.reshape(6, all.size() / 6);
            return parts.get("0:2").concat(parts.get("3:5")).reshape(shape);
        }
    }
}
