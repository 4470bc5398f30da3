package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.zigma.diffusion.ClosedForm;
import io.zigma.diffusion.Ddpm;
import io.zigma.diffusion.NoiseLevels;
import io.zigma.diffusion.OfficialDdpm;
import io.zigma.testing.Fixture;
import org.jspecify.annotations.Nullable;

/** The processes, models and steps of the fixtures of DDPM's sampling. */
final class DdpmFixture {

    private final Fixture fixture;
    private final JsonObject config;

    DdpmFixture(Fixture fixture) {
        this.fixture = fixture;
        this.config = fixture.config();
    }

    Ddpm process(String mean, String variance) {
        JsonElement schedule = config.get("schedule");
        JsonElement rescales = config.get("rescale_timesteps");
        return OfficialDdpm.process(
                schedule == null ? "linear" : schedule.getAsString(),
                config.get("T").getAsInt(),
                mean,
                variance,
                "MSE",
                rescales == null
                        ? fixture.json()
                                .get("source")
                                .getAsString()
                                .contains("rescale_timesteps=True")
                        : rescales.getAsBoolean());
    }

    NoiseLevels levels(Ddpm process, String respacing) {
        return process.levels(
                OfficialDdpm.respacing(config.get(respacing), process.schedule().steps()));
    }

    /** The closed-form network with some labels, or none. */
    static Denoiser model(Ddpm process, @Nullable NDArray labels) {
        return new ModelDenoiser(
                (x, t) -> ClosedForm.of(x, t, labels, process.variance().learned()), process);
    }

    /** (0.5 + t/1000)(0.1(y + 1) − x), with t as networks get it. */
    static LogProbabilityGradient gradient(NDArray labels) {
        return (x, t) ->
                labels.toType(x.getDataType(), true)
                        .reshape(-1, 1, 1, 1)
                        .add(1)
                        .mul(0.1)
                        .sub(x)
                        .mul(0.5 + t / 1000);
    }

    NDArray row(NDManager manager, String tensor, int row) {
        return fixture.array(manager, tensor).get(new NDIndex("{}:{}", row, row + 1));
    }
}
