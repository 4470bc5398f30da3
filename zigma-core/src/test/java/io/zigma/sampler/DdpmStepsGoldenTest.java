package io.zigma.sampler;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.zigma.diffusion.Ddpm;
import io.zigma.diffusion.Denoised;
import io.zigma.diffusion.NoiseLevels;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Single steps of ancestral sampling, DDIM and its inversion, each sample at a step of its own. */
@Tag("golden")
class DdpmStepsGoldenTest {

    private static final Tolerance CLOSE = Tolerance.ofLargest(2e-5, 2e-5);

    static Stream<Fixture> steps() {
        return Golden.fixtures("ddpm_steps");
    }

    static Stream<Fixture> rescaled() {
        return Golden.fixtures("ddpm_adm");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("steps")
    void everyStepIsTheOfficialOne(Fixture fixture) {
        int checked = 0;
        for (String name : fixture.names("out.")) {
            List<String> key = List.of(name.split("\\.", -1));
            if (!key.contains("clip") && !key.contains("noclip")) {
                continue;
            }
            try (NDManager manager = NDManager.newBaseManager()) {
                NDList rows = new NDList();
                for (int row = 0; row < fixture.shape("in.t")[0]; row++) {
                    rows.add(step(fixture, manager, name, row));
                }
                Close.assertClose(fixture, name, NDArrays.concat(rows, 0), CLOSE);
            }
            checked++;
        }
        assertThat(checked).isPositive();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("steps")
    void aGradientMovesTheMeanOrTheScore(Fixture fixture) {
        for (String name : fixture.names("out.condition_")) {
            String what = name.substring("out.".length());
            try (NDManager manager = NDManager.newBaseManager()) {
                NDList rows = new NDList();
                for (int row = 0; row < fixture.shape("in.t")[0]; row++) {
                    rows.add(conditioned(fixture, manager, what, row));
                }
                Close.assertClose(fixture, name, NDArrays.concat(rows, 0), CLOSE);
            }
        }
    }

    private static NDArray conditioned(Fixture fixture, NDManager manager, String what, int row) {
        DdpmFixture official = new DdpmFixture(fixture);
        Ddpm process = official.process("EPSILON", "LEARNED_RANGE");
        NoiseLevels levels = official.levels(process, "respace");
        int level = (int) fixture.longs("in.t")[row];
        Denoised seen =
                model(official, process, manager, row, true, true)
                        .at(official.row(manager, "in.x", row), levels.time(level));
        return switch (what) {
            case "condition_mean" -> AncestralSampler.mean(process, seen, levels, level);
            // the mean given DDIM's data
            case "condition_score.mean" -> process.reverseMean(seen, levels, level);
            case "condition_score.pred_xstart" -> seen.data();
            default -> throw new AssertionError("an unknown output " + what);
        };
    }

    private static NDArray step(Fixture fixture, NDManager manager, String name, int row) {
        DdpmFixture official = new DdpmFixture(fixture);
        String key = name.substring("out.".length(), name.lastIndexOf('.'));
        boolean large = key.startsWith("fl.");
        boolean start = key.startsWith("xs.");
        Ddpm process =
                official.process(
                        start ? "START_X" : "EPSILON",
                        start ? "FIXED_SMALL" : large ? "FIXED_LARGE" : "LEARNED_RANGE");
        NoiseLevels levels = official.levels(process, "respace");
        int level = (int) fixture.longs("in.t")[row];
        boolean clip = !key.contains("noclip");
        boolean ddim = key.contains("ddim");
        Denoised seen =
                model(official, process, manager, row, clip, key.contains("_cond"))
                        .at(official.row(manager, "in.x", row), levels.time(level));
        if (name.endsWith("pred_xstart")) {
            return ddim ? seen.data() : seen.unguided().data();
        }
        DiscreteSteps.Rule rule = AncestralSampler.rule(process);
        if (key.contains("ddim_reverse")) {
            rule = DdimSampler.back();
        } else if (ddim) {
            rule = DdimSampler.rule(eta(key));
        }
        return rule.next(seen, levels, level, () -> official.row(manager, "in.noise." + key, row));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rescaled")
    void aNetworkIsGivenRescaledTimesWhereItWantsThem(Fixture fixture) {
        DdpmFixture official = new DdpmFixture(fixture);
        Ddpm process = official.process("EPSILON", "LEARNED_RANGE");
        NoiseLevels levels = official.levels(process, "respace");
        try (NDManager manager = NDManager.newBaseManager()) {
            for (int row = 0; row < fixture.shape("in.t")[0]; row++) {
                int level = (int) fixture.longs("in.t")[row];
                assertThat(process.modelTime(levels.time(level)))
                        .isEqualTo(fixture.floats("out.model_timesteps")[row]);
                Denoised seen =
                        new Clipping(DdpmFixture.model(process, null), 1)
                                .at(official.row(manager, "in.x", row), levels.time(level));
                check(official, manager, "out.pred_xstart", row, seen.data());
                check(official, manager, "out.mean", row, process.reverseMean(seen, levels, level));
                check(
                        official,
                        manager,
                        "out.variance",
                        row,
                        process.reverseVariance(seen, levels, level));
            }
        }
    }

    private static void check(
            DdpmFixture official, NDManager manager, String name, int row, NDArray actual) {
        Close.assertClose(name, actual, official.row(manager, name, row), CLOSE);
    }

    private static Denoiser model(
            DdpmFixture official,
            Ddpm process,
            NDManager manager,
            int row,
            boolean clip,
            boolean guided) {
        NDArray labels = official.row(manager, "in.y", row);
        Denoiser model = Clipping.of(DdpmFixture.model(process, labels), clip);
        return guided
                ? new ClassifierGuidance(model, process, DdpmFixture.gradient(labels))
                : model;
    }

    private static double eta(String key) {
        String text = key.substring(key.indexOf("eta") + "eta".length());
        return Double.parseDouble(text.substring(0, text.lastIndexOf('.')));
    }
}
