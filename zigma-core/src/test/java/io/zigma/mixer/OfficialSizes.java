package io.zigma.mixer;

import com.google.gson.JsonObject;

/** The sizes that an official {@code SS2D} was constructed with. */
final class OfficialSizes {

    private OfficialSizes() {}

    static ScanSizes of(JsonObject config) {
        return new ScanSizes(
                config.get("d_state").getAsInt(),
                config.get("ssm_ratio").getAsDouble(),
                config.get("dt_rank").getAsInt(),
                config.get("d_conv").getAsInt(),
                !config.has("conv_bias") || config.get("conv_bias").getAsBoolean());
    }
}
