package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonObject;
import io.zigma.diffusion.Ddpm;
import io.zigma.diffusion.Denoised;
import io.zigma.diffusion.NoiseLevels;
import io.zigma.diffusion.OfficialDdpm;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** ADM's guidance by a classifier, whose gradient is taken here and not given. */
@Tag("golden")
class ClassifierGuidanceGoldenTest {

    private static final Tolerance STEP = Tolerance.ofLargest(2e-5, 2e-5);
    private static final Tolerance LOOP = Tolerance.elementwise(1e-3, 1e-4);

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("ddpm_classifier_guidance");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void everyStepIsTheOfficialOne(Fixture fixture) {
        for (String prefix : new String[] {"mid.", "out."}) {
            for (String name : fixture.names(prefix)) {
                if (name.startsWith("out.loop") || name.equals("mid.log_probs")) {
                    continue;
                }
                try (NDManager manager = NDManager.newBaseManager()) {
                    NDList rows = new NDList();
                    for (int row = 0; row < fixture.shape("in.t")[0]; row++) {
                        rows.add(new Row(fixture, manager, row).of(name));
                    }
                    Close.assertClose(fixture, name, NDArrays.concat(rows, 0), STEP);
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void everyStateOnTheWayIsTheOfficialOne(Fixture fixture) {
        assertLoops(fixture, false);
    }

    /** It clips around the guided model, and must clip what the model alone predicts. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void theSamplersOwnClippingGivesTheSame(Fixture fixture) {
        assertLoops(fixture, true);
    }

    private static void assertLoops(Fixture fixture, boolean samplerClips) {
        JsonObject config = fixture.config();
        for (String kind : new String[] {"p", "ddim"}) {
            try (NDManager manager = NDManager.newBaseManager()) {
                Ddpm process = process(fixture);
                // the official loops clip, and do not clip what guidance made of it
                Denoiser model =
                        guided(
                                fixture,
                                process,
                                Clipping.of(
                                        model(fixture, process, fixture.array(manager, "in.y")),
                                        !samplerClips),
                                fixture.array(manager, "in.y"),
                                manager);
                var respacing = OfficialDdpm.respacing(config.get("respace_loop"), 0);
                Sampler sampler =
                        kind.equals("p")
                                ? new AncestralSampler(respacing, samplerClips)
                                : new DdimSampler(respacing, 0, samplerClips, false);
                Trajectory trajectory = new Trajectory(manager);
                sampler.sample(
                        model,
                        process,
                        Start.from(process, fixture.array(manager, "in.x_T")),
                        OfficialSamplers.recorded(fixture.array(manager, "in.noise.loop." + kind)),
                        trajectory);
                Close.assertClose(
                        fixture, "out.loop." + kind + ".samples", trajectory.stacked(), LOOP);
            }
        }
    }

    /** One sample at its own step. */
    private static final class Row {

        private final Fixture fixture;
        private final NDManager manager;
        private final DdpmFixture official;
        private final Ddpm process;
        private final NoiseLevels levels;
        private final int level;
        private final int row;
        private final NDArray x;
        private final NDArray label;

        Row(Fixture fixture, NDManager manager, int row) {
            this.fixture = fixture;
            this.manager = manager;
            this.row = row;
            official = new DdpmFixture(fixture);
            process = process(fixture);
            levels = official.levels(process, "respace");
            level = (int) fixture.longs("in.t")[row];
            x = official.row(manager, "in.x", row);
            label = official.row(manager, "in.y", row);
        }

        NDArray of(String name) {
            if (name.equals("mid.t_seen")) {
                return manager.create(new float[] {(float) process.modelTime(levels.time(level))});
            }
            if (name.equals("mid.cond_grad")) {
                return seen(false).gradient();
            }
            boolean clip = !name.contains("noclip");
            Denoised seen = seen(clip);
            String what = name.substring(name.lastIndexOf('.') + 1);
            if (name.startsWith("mid.")) {
                return plain(seen.unguided(), what);
            }
            if (name.startsWith("out.condition_mean")) {
                return AncestralSampler.mean(process, seen, levels, level);
            }
            if (name.startsWith("out.condition_score")) {
                return plain(seen, what);
            }
            boolean ddim = name.startsWith("out.ddim");
            if (what.equals("pred_xstart")) {
                return ddim ? seen.data() : seen.unguided().data();
            }
            String key = name.substring("out.".length(), name.lastIndexOf('.'));
            DiscreteSteps.Rule rule =
                    ddim ? DdimSampler.rule(eta(key)) : AncestralSampler.rule(process);
            return rule.next(
                    seen, levels, level, () -> official.row(manager, "in.noise." + key, row));
        }

        private NDArray plain(Denoised seen, String what) {
            return switch (what) {
                case "mean" -> process.reverseMean(seen, levels, level);
                case "variance" ->
                        process.reverseVariance(seen, levels, level).broadcast(x.getShape());
                case "pred_xstart" -> seen.data();
                default -> throw new AssertionError("an unknown output " + what);
            };
        }

        private Denoised seen(boolean clip) {
            Denoiser model = Clipping.of(model(fixture, process, label), clip);
            return guided(fixture, process, model, label, manager).at(x, levels.time(level));
        }

        private static double eta(String key) {
            String text = key.substring(key.indexOf("eta") + "eta".length());
            return Double.parseDouble(text.substring(0, text.lastIndexOf('.')));
        }
    }

    private static Ddpm process(Fixture fixture) {
        JsonObject config = fixture.config();
        return new DdpmFixture(fixture)
                .process(
                        config.get("model_mean_type").getAsString(),
                        config.get("model_var_type").getAsString());
    }

    private static Denoiser model(Fixture fixture, Ddpm process, NDArray labels) {
        return DdpmFixture.model(
                process, fixture.config().get("class_cond").getAsBoolean() ? labels : null);
    }

    private static Denoiser guided(
            Fixture fixture, Ddpm process, Denoiser model, NDArray labels, NDManager manager) {
        return new ClassifierGuidance(
                model,
                process,
                LogProbabilityGradient.of(
                        classifier(fixture, manager),
                        labels,
                        fixture.config().get("classifier_scale").getAsDouble()));
    }

    /** W2·tanh(W1·x + (t/1000)·w_t + b1) + b2. */
    private static Network classifier(Fixture fixture, NDManager manager) {
        NDArray w1 = fixture.array(manager, "param.classifier.W1").transpose();
        NDArray w2 = fixture.array(manager, "param.classifier.W2").transpose();
        NDArray b1 = fixture.array(manager, "param.classifier.b1");
        NDArray b2 = fixture.array(manager, "param.classifier.b2");
        NDArray wt = fixture.array(manager, "param.classifier.w_t");
        return (x, t) ->
                x.reshape(x.size(0), -1)
                        .matMul(w1)
                        .add(t.div(1000).reshape(-1, 1).matMul(wt.reshape(1, -1)))
                        .add(b1)
                        .tanh()
                        .matMul(w2)
                        .add(b2);
    }
}
