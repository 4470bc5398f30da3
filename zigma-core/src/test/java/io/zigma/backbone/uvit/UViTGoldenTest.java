package io.zigma.backbone.uvit;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import io.zigma.condition.Condition;
import io.zigma.nn.FixtureWeights;
import io.zigma.nn.Pass;
import io.zigma.op.GradientTape;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class UViTGoldenTest {

    // as the fixtures suggest: float32 angles up to 999 alone move outputs by 5e-5
    private static final Tolerance VALUE = Tolerance.elementwise(1e-4, 1e-4);
    private static final Tolerance GRADIENT = Tolerance.ofLargest(1e-3, 1e-7);

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("uvit");
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
        Assumptions.assumeTrue(fixture.has("mid.mid_block"), "the fixture records none");
        try (NDManager manager = NDManager.newBaseManager()) {
            Problem problem = new Problem(fixture, manager);
            UViT model = problem.model;
            int half = model.spec().depth() / 2;
            NDArray tokens = model.embed(problem.pass, problem.x, problem.t, problem.condition);
            Deque<NDArray> skips = new ArrayDeque<>();
            for (int i = 0; i < model.blocks().size(); i++) {
                NDArray skip = i > half && model.spec().skip() ? skips.pop() : null;
                tokens = model.blocks().get(i).apply(problem.pass, tokens, skip, null);
                String name =
                        i < half
                                ? "in_blocks." + i
                                : i == half ? "mid_block" : "out_blocks." + (i - half - 1);
                Close.assertClose(fixture, "mid." + name, tokens, VALUE);
                if (i < half) {
                    skips.push(tokens);
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void patchesAreJoinedAsInTheOfficialCode(Fixture fixture) {
        requireModel(fixture);
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray joined =
                    UViTFixtures.config(fixture)
                            .outputPatches()
                            .join(fixture.array(manager, "in.unpatchify"));
            Close.assertClose(fixture, "out.unpatchify", joined, Tolerance.elementwise(0, 0));
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
        final UViT model;
        final Pass pass;
        final NDArray x;
        final NDArray t;
        final Condition condition;

        Problem(Fixture fixture, NDManager manager) {
            this.fixture = fixture;
            this.manager = manager;
            model = new UViT(UViTFixtures.config(fixture), 0);
            x = fixture.array(manager, "in.x");
            t = fixture.array(manager, "in.timesteps").toType(DataType.FLOAT32, false);
            condition =
                    fixture.has("in.context")
                            ? Condition.ofContext(fixture.array(manager, "in.context"))
                            : fixture.has("in.y")
                                    ? Condition.ofLabels(fixture.array(manager, "in.y"))
                                    : Condition.NONE;
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
    }
}
