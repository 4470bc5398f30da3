package io.zigma.backbone.zigma;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import io.zigma.condition.Condition;
import io.zigma.nn.DropPath;
import io.zigma.nn.FixtureWeights;
import io.zigma.nn.Pass;
import io.zigma.op.GradientTape;
import io.zigma.scan.Factorised;
import io.zigma.scan.Fidelity;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class ZigMaGoldenTest {

    private static final Tolerance VALUE = Tolerance.ofLargest(2e-5, 0);
    private static final Tolerance GRADIENT = Tolerance.ofLargest(5e-4, 1e-7);

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("zigma");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void givesTheOfficialOutput(Fixture fixture) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Problem problem = new Problem(fixture, manager);
            Close.assertClose(fixture, "out.y", problem.predict(), VALUE);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void givesWhatTheOfficialCodeWouldWithTheRightInverse(Fixture fixture) {
        Assumptions.assumeTrue(
                fixture.has("out.y_true_inverse"), "the official inverse is the right one");
        try (NDManager manager = NDManager.newBaseManager()) {
            Problem problem = new Problem(fixture, manager, corrected(Problem.config(fixture)));
            Close.assertClose(fixture, "out.y_true_inverse", problem.predict(), VALUE);
        }
    }

    private static ZigMaConfig corrected(ZigMaConfig official) {
        return new ZigMaConfig(
                official.sample(),
                official.patchSize(),
                official.hiddenSize(),
                official.depth(),
                new Factorised(((Factorised) official.scan()).pattern(), Fidelity.CORRECT),
                official.mixer(),
                official.positions(),
                official.temporalPositions(),
                official.norm(),
                official.normEpsilon(),
                official.dropPath(),
                official.conditioning());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void passesThroughTheOfficialIntermediates(Fixture fixture) {
        Assumptions.assumeTrue(
                fixture.names("mid.").size() > 0, "the fixture records no intermediates");
        try (NDManager manager = NDManager.newBaseManager()) {
            Problem problem = new Problem(fixture, manager);
            Pass pass = problem.pass;
            Embedded condition = problem.model.embed(pass, problem.t, problem.condition);
            compare(fixture, "mid.c", condition.vector());
            if (condition.text() != null) {
                compare(fixture, "mid.y_emb", condition.text());
            }
            NDArray residual = problem.model.embed(pass, problem.x);
            int layer = 0;
            for (ZigMaBlock block : problem.model.blocks()) {
                compare(fixture, "mid.block%s.residual".formatted(layer), residual);
                NDArray hidden = block.apply(pass, residual, condition);
                compare(fixture, "mid.block%s.out".formatted(layer), hidden);
                residual = residual.add(hidden);
                layer++;
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void givesTheOfficialGradientsThroughTheEnginesGraph(Fixture fixture) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Problem problem = new Problem(fixture, manager);
            problem.requireGradients();
            try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                NDArray loss = problem.loss();
                collector.backward(loss);
                compare(fixture, "out.loss", loss);
            }
            problem.assertGradients();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void givesTheOfficialGradientsThroughTheTape(Fixture fixture) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Problem problem = new Problem(fixture, manager);
            problem.requireGradients();
            try (GradientTape tape = GradientTape.open()) {
                NDArray loss = problem.loss();
                tape.backward(loss);
                compare(fixture, "out.loss", loss);
            }
            problem.assertGradients();
        }
    }

    private static void compare(Fixture fixture, String tensor, NDArray actual) {
        if (fixture.has(tensor)) {
            Close.assertClose(fixture, tensor, actual, VALUE);
        }
    }

    /** A fixture's model with its weights and inputs. */
    private static final class Problem {

        final Fixture fixture;
        final NDManager manager;
        final ZigMa model;
        final Pass pass;
        final NDArray x;
        final NDArray t;
        final Condition condition;
        final boolean training;

        Problem(Fixture fixture, NDManager manager) {
            this(fixture, manager, config(fixture));
        }

        Problem(Fixture fixture, NDManager manager, ZigMaConfig config) {
            this.fixture = fixture;
            this.manager = manager;
            model = new ZigMa(config);
            x = fixture.array(manager, "in.x");
            t = fixture.array(manager, "in.t");
            condition = condition(fixture, model.spec(), manager);
            FixtureWeights.load(model, fixture, manager, x.getShape(), t.getShape());
            training = !fixture.config().get("eval_mode").getAsBoolean();
            pass =
                    new Pass(
                            new ParameterStore(manager, false),
                            training,
                            fixture.has("in.drop_mask") ? recorded(fixture) : DropPath.NONE);
        }

        static ZigMaConfig config(Fixture fixture) {
            return OfficialConstructor.config(fixture.config().getAsJsonObject("constructor"));
        }

        NDArray predict() {
            return model.forward(pass, x, t, condition);
        }

        NDArray loss() {
            return predict().sub(fixture.array(manager, "in.target")).square().mean();
        }

        void requireGradients() {
            Assumptions.assumeTrue(
                    fixture.names("grad.").size() > 0, "the fixture records no gradients");
            if (fixture.has("grad_in.x")) {
                x.setRequiresGradient(true);
            }
        }

        void assertGradients() {
            FixtureWeights.assertGradientsClose(model, fixture, GRADIENT);
            if (fixture.has("grad_in.x")) {
                Close.assertClose(fixture, "grad_in.x", x.getGradient(), GRADIENT);
            }
        }

        private static Condition condition(Fixture fixture, ZigMaConfig config, NDManager manager) {
            if (config.conditioning().contextSize() > 0) {
                return Condition.ofContext(fixture.array(manager, "in.y"));
            }
            return config.conditioning().classes() == 0
                    ? Condition.NONE
                    : Condition.ofLabels(
                            manager.create(
                                    fixture.longs("in.y"), new Shape(fixture.shape("in.y"))));
        }

        private static DropPath recorded(Fixture fixture) {
            float[] factors = fixture.floats("in.drop_mask");
            int[] call = {0};
            return (batch, probability) -> {
                int from = batch * call[0]++;
                return Arrays.copyOfRange(factors, from, from + batch);
            };
        }
    }
}
