package io.zigma.backbone.adm;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import io.zigma.base.GradientMode;
import io.zigma.condition.Condition;
import io.zigma.nn.FixtureWeights;
import io.zigma.nn.Pass;
import io.zigma.op.GradientTape;
import io.zigma.op.ReferencePath;
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
class AdmGoldenTest {

    // random weights without zeroed layers make outputs of tens; float32 sums of thousands
    private static final Tolerance VALUE = Tolerance.ofLargest(2e-5, 1e-5);
    private static final Tolerance GRADIENT = Tolerance.ofLargest(1e-3, 1e-7);

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("adm_unet");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void givesTheOfficialOutput(Fixture fixture) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Problem problem = new Problem(fixture, manager);
            Close.assertClose(fixture, "out.forward", problem.predict(), VALUE);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void givesTheOfficialOutputThroughTheFusedKernels(Fixture fixture) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Problem problem = new Problem(fixture, manager);
            NDArray output = GradientMode.off(problem::predict);
            Close.assertClose(fixture, "out.forward", output, VALUE);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void givesTheOfficialOutputOnTheReferencePath(Fixture fixture) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Problem problem = new Problem(fixture, manager);
            NDArray output = ReferencePath.run(problem::predict);
            Close.assertClose(fixture, "out.forward", output, VALUE);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void passesThroughTheOfficialIntermediates(Fixture fixture) {
        Assumptions.assumeTrue(fixture.has("mid.middle_block"), "the fixture records none");
        try (NDManager manager = NDManager.newBaseManager()) {
            Problem problem = new Problem(fixture, manager);
            WayDown down = problem.model.down();
            Close.assertClose(
                    fixture, "mid.time_embed", down.embedTime(problem.pass, problem.t), VALUE);
            NDArray c = down.condition(problem.pass, problem.t, problem.condition);
            Deque<NDArray> skips = new ArrayDeque<>();
            NDArray h = problem.x;
            for (int i = 0; i < down.stages().size(); i++) {
                h = down.stages().get(i).apply(problem.pass, h, null, c);
                skips.push(h);
                Close.assertClose(fixture, "mid.input_blocks." + i, h, VALUE);
            }
            h = down.middle().apply(problem.pass, h, null, c);
            Close.assertClose(fixture, "mid.middle_block", h, VALUE);
            for (int i = 0; i < problem.model.wayUp().size(); i++) {
                h = problem.model.wayUp().get(i).apply(problem.pass, h, skips.pop(), c);
                Close.assertClose(fixture, "mid.output_blocks." + i, h, VALUE);
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
                collector.backward(problem.loss());
            }
            problem.assertGradients();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void givesTheOfficialGradientsThroughTheTape(Fixture fixture) {
        assertGradients(fixture, GradientTape::open);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void givesTheOfficialGradientsWhenBlocksAreRecomputed(Fixture fixture) {
        assertGradients(fixture, GradientTape::openRecomputing);
    }

    private static void assertGradients(Fixture fixture, Supplier<GradientTape> opener) {
        requireGradients(fixture);
        try (NDManager manager = NDManager.newBaseManager()) {
            Problem problem = new Problem(fixture, manager);
            problem.x.setRequiresGradient(true);
            try (GradientTape tape = opener.get()) {
                NDArray loss = problem.loss();
                tape.backward(loss);
                if (fixture.has("out.loss")) {
                    assertThat(loss.getFloat())
                            .isCloseTo(
                                    fixture.floats("out.loss")[0], Percentage.withPercentage(0.01));
                }
            }
            problem.assertGradients();
        }
    }

    private static void requireGradients(Fixture fixture) {
        Assumptions.assumeTrue(
                !fixture.names("grad.").isEmpty(), "the fixture records no gradients");
    }

    /** A fixture's model with its weights and inputs. */
    private static final class Problem {

        final Fixture fixture;
        final NDManager manager;
        final AdmUnet model;
        final Pass pass;
        final NDArray x;
        final NDArray t;
        final Condition condition;

        Problem(Fixture fixture, NDManager manager) {
            this.fixture = fixture;
            this.manager = manager;
            model = new AdmUnet(AdmFixtures.unet(fixture), 0);
            x = fixture.array(manager, "in.x");
            t = fixture.array(manager, "in.t").toType(DataType.FLOAT32, false);
            condition =
                    fixture.has("in.y")
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
