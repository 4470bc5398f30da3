package io.zigma.nn;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import com.google.gson.JsonObject;
import io.zigma.backbone.zigma.OfficialConstructor;
import io.zigma.op.GradientTape;
import io.zigma.scan.Factorised;
import io.zigma.scan.Fidelity;
import io.zigma.scan.Grid;
import io.zigma.scan.LayerScan;
import io.zigma.scan.ScanScheme;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class MixerGoldenTest {

    private static final Tolerance VALUE = Tolerance.elementwise(1e-4, 2e-5);
    private static final Tolerance GRADIENT = Tolerance.ofLargest(1e-3, 1e-7);

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("mixer");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void givesTheOfficialOutput(Fixture fixture) {
        UnaryBlock mixer = mixer(fixture);
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = fixture.array(manager, "in.x");
            FixtureWeights.load(mixer, fixture, manager, x.getShape());
            NDArray y = mixer.apply(Pass.inference(new ParameterStore(manager, false)), x);
            Close.assertClose(fixture, "out.y", y, VALUE);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void givesWhatTheOfficialCodeWouldWithTheRightInverse(Fixture fixture) {
        Assumptions.assumeTrue(
                fixture.has("out.y_true_inverse"), "the official inverse is the right one");
        JsonObject config = fixture.config();
        Factorised official =
                (Factorised) OfficialConstructor.scan(config.get("scan_type").getAsString());
        UnaryBlock mixer = mixer(config, new Factorised(official.pattern(), Fidelity.CORRECT));
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = fixture.array(manager, "in.x");
            FixtureWeights.load(mixer, fixture, manager, x.getShape());
            NDArray y = mixer.apply(Pass.inference(new ParameterStore(manager, false)), x);
            Close.assertClose(fixture, "out.y_true_inverse", y, VALUE);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void givesTheOfficialGradientsThroughTheEnginesGraph(Fixture fixture) {
        UnaryBlock mixer = mixer(fixture);
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = input(fixture, manager);
            FixtureWeights.load(mixer, fixture, manager, x.getShape());
            try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                collector.backward(loss(mixer, fixture, manager, x));
            }
            assertGradients(mixer, fixture, x);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void givesTheOfficialGradientsThroughTheTape(Fixture fixture) {
        UnaryBlock mixer = mixer(fixture);
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = input(fixture, manager);
            FixtureWeights.load(mixer, fixture, manager, x.getShape());
            try (GradientTape tape = GradientTape.open()) {
                tape.backward(loss(mixer, fixture, manager, x));
            }
            assertGradients(mixer, fixture, x);
        }
    }

    private static UnaryBlock mixer(Fixture fixture) {
        JsonObject config = fixture.config();
        return mixer(config, OfficialConstructor.scan(config.get("scan_type").getAsString()));
    }

    private static UnaryBlock mixer(JsonObject config, ScanScheme scheme) {
        int size = config.get("d_model").getAsInt();
        return new Mixers(size, OfficialConstructor.mixer(config)).of(scan(config, scheme));
    }

    private static LayerScan scan(JsonObject config, ScanScheme scheme) {
        int frames = config.has("video_frames") ? config.get("video_frames").getAsInt() : 1;
        int side = config.get("patch_side").getAsInt();
        int layer = config.get("layer_idx").getAsInt();
        return scheme.plan(new Grid(frames, side, side), layer + 1).get(layer);
    }

    private static NDArray input(Fixture fixture, NDManager manager) {
        NDArray x = fixture.array(manager, "in.x");
        x.setRequiresGradient(true);
        return x;
    }

    private static NDArray loss(UnaryBlock mixer, Fixture fixture, NDManager manager, NDArray x) {
        NDArray y = mixer.apply(Pass.training(new ParameterStore(manager, false)), x);
        return y.sub(fixture.array(manager, "in.target")).square().mean();
    }

    private static void assertGradients(UnaryBlock mixer, Fixture fixture, NDArray x) {
        FixtureWeights.assertGradientsClose(mixer, fixture, GRADIENT);
        Close.assertClose(fixture, "grad_in.x", x.getGradient(), GRADIENT);
    }
}
