package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.diffusion.Ddpm;
import io.zigma.diffusion.OfficialDdpm;
import io.zigma.diffusion.Respacing;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole ways from noise to data, by ancestral sampling and DDIM. */
@Tag("golden")
class DdpmLoopsGoldenTest {

    private static final Tolerance CLOSE = Tolerance.elementwise(1e-3, 1e-4);

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("ddpm_loops");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void everyStateOnTheWayIsTheOfficialOne(Fixture fixture) {
        String ending = ".samples";
        for (String name : fixture.names("out.")) {
            if (!name.endsWith(ending)) {
                continue;
            }
            String key = name.substring("out.".length(), name.length() - ending.length());
            DdpmFixture official = new DdpmFixture(fixture);
            Ddpm process =
                    key.contains("START_X")
                            ? official.process("START_X", "FIXED_SMALL")
                            : official.process("EPSILON", "LEARNED_RANGE");
            boolean ddim = key.startsWith("ddim");
            Respacing respacing =
                    OfficialDdpm.respacing(
                            fixture.config().get(ddim ? "respace_ddim" : "respace_p"),
                            process.schedule().steps());
            try (NDManager manager = NDManager.newBaseManager()) {
                NDArray labels = fixture.array(manager, "in.y");
                boolean guided = key.endsWith(".cond");
                // labels go to the network and to the classifier alike
                Denoiser model =
                        DdpmFixture.model(process, guided || key.endsWith(".y") ? labels : null);
                // clipped within the guidance, as the shifted data are not clipped again
                model = Clipping.of(model, !key.contains("noclip"));
                if (guided) {
                    model = new ClassifierGuidance(model, process, DdpmFixture.gradient(labels));
                }
                Sampler sampler =
                        ddim
                                ? new DdimSampler(respacing, eta(key), false, false)
                                : new AncestralSampler(respacing, false);
                Trajectory trajectory = new Trajectory(manager);
                NDArray last =
                        sampler.sample(
                                model,
                                process,
                                Start.from(process, fixture.array(manager, "in.x_T")),
                                OfficialSamplers.recorded(
                                        fixture.array(manager, "in.noise." + key)),
                                trajectory);
                Close.assertClose(fixture, name, trajectory.stacked(), CLOSE);
                Close.assertClose("last state", last, trajectory.last(), Tolerance.exact());
                Close.assertClose(
                        fixture,
                        "out." + key + ".pred_xstart_last",
                        ddim ? last : trajectory.estimate(),
                        CLOSE);
            }
        }
    }

    private static double eta(String key) {
        String text = key.substring(key.indexOf("eta") + "eta".length());
        int end = 0;
        while (end < text.length()
                && (Character.isDigit(text.charAt(end))
                        || text.charAt(end) == '.'
                                && end + 1 < text.length()
                                && Character.isDigit(text.charAt(end + 1)))) {
            end++;
        }
        return Double.parseDouble(text.substring(0, end));
    }
}
