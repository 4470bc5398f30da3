package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.zigma.diffusion.BetaForm;
import io.zigma.diffusion.BetaSchedule;
import io.zigma.diffusion.Ddpm;
import io.zigma.diffusion.DdpmLoss;
import io.zigma.diffusion.DdpmMean;
import io.zigma.diffusion.DdpmVariance;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.InterpolantProcess;
import io.zigma.diffusion.Prediction;
import io.zigma.sampler.LogSnrGrid.Spacing;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/**
 * One case of the fixtures of DPM-Solver and UniPC: its process, the closed-form model f(x, τ) =
 * 0.7x(0.2 + τ) + 0.3 sin(2x + 3τ), and times that run from 1 (noise) to 0.
 */
final class LogSnrFixture {

    private static final Pattern LINSPACE =
            Pattern.compile(
                    "linspace\\((sqrt\\()?([\\d.]+)\\)?, (sqrt\\()?([\\d.]+)\\)?, (\\d+)\\)(\\^2)?");
    private static final double LEAST_LOG_SNR = -5.1;

    private final JsonObject schedule;
    private final JsonObject json;

    LogSnrFixture(JsonObject config, JsonObject json) {
        this.schedule =
                config.getAsJsonObject("schedules")
                        .getAsJsonObject(json.get("schedule").getAsString());
        this.json = json;
    }

    String text(String name, String standard) {
        JsonElement value = json.get(name);
        return value == null ? standard : value.getAsString();
    }

    double number(String name, double standard) {
        JsonElement value = json.get(name);
        return value == null ? standard : value.getAsDouble();
    }

    boolean flag(String name, boolean standard) {
        JsonElement value = json.get(name);
        return value == null ? standard : value.getAsBoolean();
    }

    int whole(String name) {
        return json.get(name).getAsInt();
    }

    DiffusionProcess process() {
        String kind = schedule.get("schedule").getAsString();
        if (kind.startsWith("OURS")) {
            return new InterpolantProcess(InterpolantKind.LINEAR, Prediction.VELOCITY);
        }
        return switch (kind) {
            case "discrete" -> discrete(schedule.get("betas").getAsString());
            case "linear" -> {
                Assumptions.assumeTrue(
                        schedule.get("continuous_beta_0").getAsDouble() == 0.1
                                && schedule.get("continuous_beta_1").getAsDouble() == 20,
                        () -> "variant not built: " + schedule);
                yield new InterpolantProcess(InterpolantKind.VP, Prediction.NOISE);
            }
            case "cosine" -> new InterpolantProcess(InterpolantKind.COSINE, Prediction.NOISE);
            default -> Assumptions.abort("variant not built: schedule " + kind);
        };
    }

    /** A process of betas as NumPy would write them. */
    static Ddpm discrete(String betas) {
        Matcher match = LINSPACE.matcher(betas);
        Assumptions.assumeTrue(match.matches(), () -> "variant not built: betas " + betas);
        return new Ddpm(
                new BetaSchedule(
                        match.group(6) == null ? BetaForm.LINEAR : BetaForm.SCALED_LINEAR,
                        Integer.parseInt(match.group(5)),
                        Double.parseDouble(match.group(2)),
                        Double.parseDouble(match.group(4))),
                DdpmMean.EPSILON,
                DdpmVariance.FIXED_SMALL,
                DdpmLoss.MSE,
                false);
    }

    /** The time that the fixture writes: 1 at the noise. */
    static double written(DiffusionProcess process, double t) {
        return process.solverTime(t);
    }

    Start start(DiffusionProcess process, NDArray noise) {
        double begin = json.has("t_start") ? number("t_start", 1) : 1;
        JsonElement last = schedule.get("T");
        if (last != null) {
            begin = last.getAsDouble();
        }
        NDArray x = noise.mul(number("x_scale", 1));
        return new Start(x, begin == 1 ? process.start() : process.timeOfSolver(begin));
    }

    LogSnrGrid grid() {
        return new LogSnrGrid(
                switch (text("skip_type", "time_uniform")) {
                    case "time_uniform" -> Spacing.TIME;
                    case "time_quadratic" -> Spacing.QUADRATIC;
                    case "logSNR" -> Spacing.LOG_SNR;
                    default -> throw new AssertionError("an unknown spacing " + json);
                },
                LEAST_LOG_SNR,
                number("t_end", 1e-3));
    }

    Thresholding thresholding() {
        return new Thresholding(
                flag("thresholding", false),
                number("dynamic_thresholding_ratio", 0.995),
                number("thresholding_max_val", 1));
    }

    Denoiser model(DiffusionProcess process) {
        boolean velocity = schedule.get("schedule").getAsString().startsWith("OURS");
        return (x, t) -> {
            // the discrete schedules' network is given (t − 1/N)·1000
            double tau =
                    process.trainingSteps() > 0
                            ? process.solverTime(t) - 1.0 / process.trainingSteps()
                            : process.solverTime(t);
            NDArray said = closedForm(x, tau);
            // v = noise − data there, data − noise here
            return process.interpret(velocity ? said.neg() : said, x, t);
        };
    }

    static NDArray closedForm(NDArray x, double tau) {
        return x.mul(0.7 * (0.2 + tau)).add(x.mul(2).add(3 * tau).sin().mul(0.3));
    }
}
