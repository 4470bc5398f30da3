package io.zigma.diffusion;

import ai.djl.ndarray.NDArray;
import com.google.gson.JsonElement;
import io.zigma.testing.Fixture;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Our processes by the names of the official Gaussian diffusion. */
public final class OfficialDdpm {

    private OfficialDdpm() {}

    /**
     * Returns a process without a loss that matters.
     *
     * @param schedule its official name
     * @param steps T
     * @param mean the official {@code ModelMeanType}
     * @param variance the official {@code ModelVarType}
     */
    public static Ddpm process(String schedule, int steps, String mean, String variance) {
        return process(schedule, steps, mean, variance, "MSE", false);
    }

    /**
     * Returns a process.
     *
     * @param schedule its official name
     * @param steps T
     * @param mean the official {@code ModelMeanType}
     * @param variance the official {@code ModelVarType}
     * @param loss the official {@code LossType}
     * @param rescaleTimes ADM's {@code rescale_timesteps}
     */
    public static Ddpm process(
            String schedule,
            int steps,
            String mean,
            String variance,
            String loss,
            boolean rescaleTimes) {
        return new Ddpm(
                BetaSchedule.of(BetaForm.parse(schedule), steps),
                switch (mean) {
                    case "EPSILON" -> DdpmMean.EPSILON;
                    case "START_X" -> DdpmMean.START;
                    case "PREVIOUS_X" -> DdpmMean.PREVIOUS;
                    default -> throw new AssertionError("an unknown mean " + mean);
                },
                DdpmVariance.parse(label(variance)),
                DdpmLoss.parse(label(loss)),
                rescaleTimes);
    }

    /** DiT's copy lost two branches: it reads a previous x as the noise. */
    public static String meanOf(Fixture fixture, String mean) {
        return isDit(fixture) && mean.equals("PREVIOUS_X") ? "EPSILON" : mean;
    }

    /** DiT's copy lost two branches: it reads any learned variance as one between bounds. */
    public static String varianceOf(Fixture fixture, String variance) {
        return isDit(fixture) && variance.equals("LEARNED") ? "LEARNED_RANGE" : variance;
    }

    /** A respacing as a text or a list of numbers has it; null is all steps. */
    public static Respacing respacing(JsonElement json, int steps) {
        if (json == null || json.isJsonNull()) {
            return Respacing.even(steps);
        }
        if (json.isJsonArray()) {
            return new Respacing(
                    StreamSupport.stream(json.getAsJsonArray().spliterator(), false)
                            .map(JsonElement::getAsString)
                            .collect(Collectors.joining(",")));
        }
        return new Respacing(json.getAsString());
    }

    /** What the network said, without the channels that a fixed variance has not. */
    public static NDArray output(Ddpm process, NDArray both) {
        return process.variance().learned() ? both : both.split(2, 1).get(0);
    }

    private static boolean isDit(Fixture fixture) {
        return fixture.json().get("source").getAsString().startsWith("facebookresearch/DiT");
    }

    private static String label(String official) {
        return official.toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
