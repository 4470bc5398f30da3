package io.zigma.backbone.dit;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.training.ParameterStore;
import io.zigma.condition.Condition;
import io.zigma.diffusion.Denoised;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.InterpolantProcess;
import io.zigma.diffusion.Prediction;
import io.zigma.diffusion.Processes;
import io.zigma.nn.FixtureWeights;
import io.zigma.nn.Pass;
import io.zigma.sampler.Denoiser;
import io.zigma.sampler.Guidance;
import io.zigma.sampler.ModelDenoiser;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Official {@code forward_with_cfg}, one sample after the other, as each has a time of its own. */
@Tag("golden")
class DiTGuidanceGoldenTest {

    private static final Tolerance VALUE = Tolerance.elementwise(1e-4, 2e-4);

    static Stream<Fixture> fixtures() {
        return Stream.of("dit", "sit").flatMap(Golden::fixtures);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void theFirstThreeChannelsAreGuidedAsInTheOfficialCode(Fixture fixture) {
        check(fixture, 3, "out.forward_with_cfg");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void allChannelsAreGuidedAsInTheOfficialCode(Fixture fixture) {
        check(fixture, 0, "out.all_channel_cfg");
    }

    private static void check(Fixture fixture, int channels, String name) {
        Assumptions.assumeTrue(fixture.has(name), "the fixture records no guidance");
        double scale = fixture.json().get("cfg_scale").getAsDouble();
        GuidanceStrength strength = new GuidanceStrength(scale).withChannels(channels);
        try (NDManager manager = NDManager.newBaseManager()) {
            DiT model = new DiT(DiTFixtures.config(fixture), 0);
            NDArray x = fixture.array(manager, "in.cfg_x");
            NDArray t = fixture.array(manager, "in.cfg_t").toType(DataType.FLOAT32, false);
            NDArray y = fixture.array(manager, "in.cfg_y");
            NDArray expected = fixture.array(manager, name); // (2B, C or 2C, H, W)
            FixtureWeights.load(model, fixture, manager, x.getShape(), t.getShape());
            long half = x.size(0) / 2;
            for (long i = 0; i < half; i++) {
                NDIndex one = new NDIndex("{}:{}", i, i + 1);
                NDIndex other = new NDIndex("{}:{}", half + i, half + i + 1);
                DiffusionProcess process = process(fixture, model);
                Denoiser conditional = denoiser(model, process, y.get(one), manager);
                Denoiser unconditional = denoiser(model, process, y.get(other), manager);
                NDArray own = x.get(one);
                double time = t.getFloat(i);
                Denoised separate =
                        Guidance.of(conditional, unconditional, process, strength).at(own, time);
                NDArray both = y.get(one).concat(y.get(other));
                Denoised batched =
                        Guidance.batched(
                                        denoiser(model, process, both, manager),
                                        conditional,
                                        process,
                                        strength)
                                .at(own, time);
                assertClose(name + " " + i, separate, expected.get(one));
                assertClose(name + " batched " + i, batched, expected.get(one));
            }
            assertThat(half).isPositive();
        }
    }

    private static void assertClose(String name, Denoised actual, NDArray expected) {
        NDArray variance = actual.variance();
        NDArray all = variance == null ? actual.output() : actual.output().concat(variance, 1);
        Close.assertClose(name, all, expected, VALUE);
    }

    /** The process that reads outputs of this size; the guidance depends on nothing else of it. */
    private static DiffusionProcess process(Fixture fixture, DiT model) {
        if (fixture.name().startsWith("sit")) {
            return new InterpolantProcess(InterpolantKind.LINEAR, Prediction.VELOCITY);
        }
        boolean learned = model.spec().outputChannels() > model.spec().sample().channels();
        return Processes.KINDS
                .get("ddpm")
                .create(Map.of("variance", learned ? "learned-range" : "fixed-small"));
    }

    private static Denoiser denoiser(
            DiT model, DiffusionProcess process, NDArray labels, NDManager manager) {
        Pass pass = Pass.inference(new ParameterStore(manager, false));
        Condition condition = Condition.ofLabels(labels);
        return new ModelDenoiser((x, t) -> model.forward(pass, x, t, condition), process);
    }
}
