package io.zigma.nn;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import com.google.gson.JsonObject;
import io.zigma.model.OfficialConstructor;
import io.zigma.op.GradientTape;
import io.zigma.scan.Grid;
import io.zigma.scan.ScanPath;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class MambaMixerGoldenTest {

    private static final Tolerance VALUE = Tolerance.elementwise(1e-4, 2e-5);
    private static final Tolerance GRADIENT = Tolerance.ofLargest(1e-3, 1e-7);

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("mixer");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void givesTheOfficialOutput(Fixture fixture) {
        MambaMixer mixer = mixer(fixture);
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = fixture.array(manager, "in.x");
            FixtureWeights.load(mixer, fixture, manager, x.getShape());
            NDArray y = mixer.apply(new ParameterStore(manager, false), x, false);
            Close.assertClose(fixture, "out.y", y, VALUE);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void givesTheOfficialGradientsThroughTheEnginesGraph(Fixture fixture) {
        MambaMixer mixer = mixer(fixture);
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
        MambaMixer mixer = mixer(fixture);
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = input(fixture, manager);
            FixtureWeights.load(mixer, fixture, manager, x.getShape());
            try (GradientTape tape = GradientTape.open()) {
                tape.backward(loss(mixer, fixture, manager, x));
            }
            assertGradients(mixer, fixture, x);
        }
    }

    private static MambaMixer mixer(Fixture fixture) {
        JsonObject config = fixture.config();
        int side = config.get("patch_side").getAsInt();
        int layer = config.get("layer_idx").getAsInt();
        ScanPath path =
                OfficialConstructor.scan(config.get("scan_type").getAsString())
                        .plan(Grid.image(side, side), layer + 1)
                        .get(layer);
        return new MambaMixer(
                config.get("d_model").getAsInt(), OfficialConstructor.mixer(config), path);
    }

    private static NDArray input(Fixture fixture, NDManager manager) {
        NDArray x = fixture.array(manager, "in.x");
        x.setRequiresGradient(true);
        return x;
    }

    private static NDArray loss(MambaMixer mixer, Fixture fixture, NDManager manager, NDArray x) {
        NDArray y = mixer.apply(new ParameterStore(manager, false), x, true);
        return y.sub(fixture.array(manager, "in.target")).square().mean();
    }

    private static void assertGradients(MambaMixer mixer, Fixture fixture, NDArray x) {
        FixtureWeights.assertGradientsClose(mixer, fixture, GRADIENT);
        Close.assertClose(fixture, "grad_in.x", x.getGradient(), GRADIENT);
    }
}
