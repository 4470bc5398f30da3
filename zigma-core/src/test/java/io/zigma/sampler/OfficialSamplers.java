package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.zigma.diffusion.DiffusionCoefficient;
import java.util.Locale;

/** Our samplers by the names and counts of the official code and of torchdiffeq. */
final class OfficialSamplers {

    private OfficialSamplers() {}

    /**
     * Returns an ODE sampler.
     *
     * @param name torchdiffeq's; a suffix means tighter tolerances
     * @param points states of a trajectory, one more than the steps
     */
    static OdeSampler ode(String name, int points) {
        return switch (name) {
            case "heun2" -> new OdeSampler(OdeMethod.HEUN, points - 1);
            case "dopri5_tight" -> new OdeSampler(OdeMethod.DOPRI5, points - 1, 1e-6, 1e-8);
            default -> new OdeSampler(OdeMethod.parse(name), points - 1);
        };
    }

    /**
     * Returns an SDE sampler.
     *
     * @param settings the arguments of the official {@code sample_sde}
     * @param points states of a trajectory
     */
    static SdeSampler sde(JsonObject settings, int points) {
        JsonElement last = settings.get("last_step");
        // the last step, where there is one, is the official code's N-th after N − 1 between N
        // points
        int steps = last.isJsonNull() ? points - 1 : points;
        String method = settings.get("sampling_method").getAsString().toLowerCase(Locale.ROOT);
        return new SdeSampler(
                SdeMethod.parse("sde-" + method),
                steps,
                DiffusionCoefficient.parse(
                        settings.get("diffusion_form").getAsString(),
                        settings.get("diffusion_norm").getAsDouble()),
                last.isJsonNull() ? LastStep.NONE : LastStep.parse(last.getAsString()),
                settings.get("last_step_size").getAsDouble());
    }

    /**
     * Returns a source that gives recorded normals one after another.
     *
     * @param noises (steps, B, …)
     */
    static NoiseSource recorded(NDArray noises) {
        int[] next = {0};
        return (manager, shape) -> {
            NDArray noise = noises.get(next[0]++);
            noise.attach(manager);
            return noise;
        };
    }
}
