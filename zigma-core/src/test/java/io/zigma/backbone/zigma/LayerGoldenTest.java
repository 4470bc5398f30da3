package io.zigma.backbone.zigma;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import io.zigma.nn.CrossAttention;
import io.zigma.nn.FixtureWeights;
import io.zigma.nn.Modulation;
import io.zigma.nn.Norm;
import io.zigma.nn.Pass;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each part of the first layer alone, on what the official one was given. */
@Tag("golden")
class LayerGoldenTest {

    private static final Tolerance VALUE = Tolerance.ofLargest(2e-5, 0);

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("zigma");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void theConditionBecomesShiftScaleAndGateOfEveryBranch(Fixture fixture) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Layer layer = new Layer(fixture, manager, "mid.block0.adaLN");
            boolean text = layer.config.conditioning().contextSize() > 0;
            Modulation modulation = new Modulation(layer.config.hiddenSize(), text ? 2 : 1);
            NDArray condition = layer.array("mid.c");
            FixtureWeights.loadPart(
                    modulation,
                    "blocks.0.adaLN_modulation.",
                    fixture,
                    manager,
                    condition.getShape());
            NDArray parts = modulation.apply(layer.pass, condition);
            Close.assertClose(fixture, "mid.block0.adaLN", parts, VALUE);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void theMixerIsGivenTheModulatedNorm(Fixture fixture) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Layer layer = new Layer(fixture, manager, "mid.block0.mixer_in");
            ZigMaConfig config = layer.config;
            Norm norm = config.norm().create(config.hiddenSize(), config.normEpsilon());
            NDArray residual = layer.array("mid.block0.residual");
            FixtureWeights.loadPart(norm, "blocks.0.norm.", fixture, manager, residual.getShape());
            NDList parts = layer.parts();
            NDArray given =
                    norm.modulated(layer.pass, residual, parts.get(0), parts.get(1)).modulated();
            Close.assertClose(fixture, "mid.block0.mixer_in", given, VALUE);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void theTextIsAskedWithAModulatedNormOfItsOwn(Fixture fixture) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Layer layer = new Layer(fixture, manager, "mid.block0.msa_in");
            NDList parts = layer.parts().subNDList(3);
            NDArray said = layer.array("mid.block0.msa_out").mul(parts.get(2));
            NDArray hidden = layer.array("mid.block0.out").sub(said); // as it was before
            // the difference of two tensors has the rounding of both
            Tolerance twice = Tolerance.ofLargest(4e-5, 0);
            Close.assertClose(
                    fixture, "mid.block0.msa_in", TextBranch.asking(hidden, parts), twice);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void theTextAnswersByCrossAttention(Fixture fixture) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Layer layer = new Layer(fixture, manager, "mid.block0.msa_out");
            CrossAttention attention = new CrossAttention(layer.config.hiddenSize());
            NDArray asking = layer.array("mid.block0.msa_in");
            NDArray text = layer.array("mid.y_emb");
            FixtureWeights.loadPart(
                    attention, "blocks.0.msa.", fixture, manager, asking.getShape());
            NDArray answer = attention.apply(layer.pass, asking, text);
            Close.assertClose(fixture, "mid.block0.msa_out", answer, VALUE);
        }
    }

    /** A fixture's description of its first layer. */
    private static final class Layer {

        final Fixture fixture;
        final NDManager manager;
        final ZigMaConfig config;
        final Pass pass;

        Layer(Fixture fixture, NDManager manager, String tensor) {
            Assumptions.assumeTrue(fixture.has(tensor), "the fixture does not record " + tensor);
            this.fixture = fixture;
            this.manager = manager;
            config = OfficialConstructor.config(fixture.config().getAsJsonObject("constructor"));
            pass = Pass.inference(new ParameterStore(manager, false));
        }

        NDArray array(String tensor) {
            return fixture.array(manager, tensor);
        }

        NDList parts() {
            NDArray parts = array("mid.block0.adaLN").expandDims(1); // (B, 1, 3D) or (B, 1, 6D)
            return parts.split(parts.getShape().get(2) / config.hiddenSize(), 2);
        }
    }
}
