package io.zigma.backbone.adm;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import io.zigma.base.GradientMode;
import io.zigma.nn.FixtureWeights;
import io.zigma.nn.Pass;
import io.zigma.op.GradientTape;
import io.zigma.sampler.LogProbabilityGradient;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class AdmClassifierGoldenTest {

    private static final Tolerance VALUE = Tolerance.ofLargest(2e-5, 1e-5);
    private static final Tolerance GRADIENT = Tolerance.ofLargest(1e-3, 1e-7);

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("adm_classifier");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void givesTheOfficialLogits(Fixture fixture) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Problem problem = new Problem(fixture, manager);
            Close.assertClose(fixture, "out.logits", problem.logits(), VALUE);
            NDArray fused = GradientMode.off(problem::logits);
            Close.assertClose(fixture, "out.logits", fused, VALUE);
            Close.assertClose(fixture, "out.log_probs", fused.logSoftmax(1), VALUE);
        }
    }

    /** What classifier guidance adds, differentiated for all pictures at once and one by one. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void itsGradientAtThePictureIsTheOfficialOne(Fixture fixture) {
        Assumptions.assumeTrue(fixture.has("out.cond_fn"), "the fixture records no gradient");
        try (NDManager manager = NDManager.newBaseManager()) {
            Problem problem = new Problem(fixture, manager);
            NDArray classes = fixture.array(manager, "in.y");
            double scale = fixture.config().get("classifier_scale").getAsDouble();
            float[] times = problem.t.toFloatArray();
            NDList rows = new NDList();
            for (int i = 0; i < times.length; i++) {
                NDIndex one = new NDIndex("{}:{}", i, i + 1);
                rows.add(
                        LogProbabilityGradient.of(
                                        (x, t) -> problem.model.logits(problem.pass, x, t),
                                        classes.get(one),
                                        scale)
                                .at(problem.x.get(one), times[i]));
            }
            Close.assertClose(fixture, "out.cond_fn", NDArrays.concat(rows, 0), GRADIENT);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void givesTheOfficialGradientsThroughTheEnginesGraph(Fixture fixture) {
        requireGradients(fixture);
        try (NDManager manager = NDManager.newBaseManager()) {
            Problem problem = new Problem(fixture, manager);
            try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                collector.backward(problem.loss());
            }
            FixtureWeights.assertGradientsClose(problem.model, fixture, GRADIENT);
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
            try (GradientTape tape = opener.get()) {
                tape.backward(problem.loss());
            }
            FixtureWeights.assertGradientsClose(problem.model, fixture, GRADIENT);
        }
    }

    private static void requireGradients(Fixture fixture) {
        Assumptions.assumeTrue(
                !fixture.names("grad.").isEmpty() && fixture.has("in.target"),
                "the fixture records no gradients of parameters");
    }

    /** A fixture's classifier with its weights and inputs. */
    private static final class Problem {

        final Fixture fixture;
        final NDManager manager;
        final AdmClassifier model;
        final Pass pass;
        final NDArray x;
        final NDArray t;

        Problem(Fixture fixture, NDManager manager) {
            this.fixture = fixture;
            this.manager = manager;
            model = AdmFixtures.classifier(fixture).create(0);
            x = fixture.array(manager, "in.x");
            t = fixture.array(manager, "in.t").toType(DataType.FLOAT32, false);
            FixtureWeights.load(model, fixture, manager, x.getShape(), t.getShape());
            pass = Pass.inference(new ParameterStore(manager, false));
        }

        NDArray logits() {
            return model.logits(pass, x, t);
        }

        NDArray loss() {
            return logits().sub(fixture.array(manager, "in.target")).square().mean();
        }
    }
}
