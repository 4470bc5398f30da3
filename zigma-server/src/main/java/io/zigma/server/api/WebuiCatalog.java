package io.zigma.server.api;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import io.zigma.sampler.SamplerKind;
import io.zigma.sampler.Samplers;
import io.zigma.server.job.Models;
import io.zigma.server.job.ServedModel;
import java.util.List;

/** The models, samplers and options that clients of WebuiRequest.AUTOMATIC1111 choose from. */
final class WebuiCatalog {

    static final String CHECKPOINT = "sd_model_checkpoint";

    static final String HASH = "sd_checkpoint_hash";
    static final String FORMAT = "samples_format";
    static final String PNG = "png";

    /** What clients list when they start, and of which there is none here. */
    static final List<String> NOTHING =
            List.of(
                    "/sdapi/v1/upscalers",
                    "/sdapi/v1/latent-upscale-modes",
                    "/sdapi/v1/hypernetworks",
                    "/sdapi/v1/face-restorers",
                    "/sdapi/v1/realesrgan-models",
                    "/sdapi/v1/prompt-styles",
                    "/sdapi/v1/loras",
                    "/sdapi/v1/sd-vae");

    private static final int SHORT_HASH = 10;

    private WebuiCatalog() {}

    static String hash(ServedModel model) {
        return model.checkpoint().weightsHash().substring(0, SHORT_HASH);
    }

    static String title(ServedModel model) {
        return "%s [%s]".formatted(model.name(), hash(model));
    }

    static JsonArray models(Models all) {
        JsonArray models = new JsonArray();
        for (ServedModel model : all.all()) {
            JsonObject json = new JsonObject();
            json.addProperty("title", title(model));
            json.addProperty("model_name", model.name());
            json.addProperty("hash", hash(model));
            json.addProperty("sha256", model.checkpoint().weightsHash());
            json.addProperty("filename", model.name());
            json.add("config", JsonNull.INSTANCE);
            models.add(json);
        }
        return models;
    }

    static JsonArray samplers() {
        JsonArray samplers = new JsonArray();
        for (SamplerKind kind : Samplers.KINDS.all()) {
            JsonArray aliases = new JsonArray();
            WebuiRequest.SAMPLERS.forEach(
                    (alias, name) -> {
                        if (name.equals(kind.name())) {
                            aliases.add(alias);
                        }
                    });
            JsonObject json = new JsonObject();
            json.addProperty("name", kind.name());
            json.add("aliases", aliases);
            json.add("options", new JsonObject());
            samplers.add(json);
        }
        return samplers;
    }

    static JsonArray schedulers() {
        JsonObject json = new JsonObject();
        json.addProperty("name", WebuiRequest.AUTOMATIC);
        json.addProperty("label", "Automatic");
        json.add("aliases", JsonNull.INSTANCE);
        json.addProperty("default_rho", -1);
        json.addProperty("need_inner_model", false);
        JsonArray schedulers = new JsonArray();
        schedulers.add(json);
        return schedulers;
    }

    static JsonObject options(ServedModel model) {
        JsonObject json = new JsonObject();
        json.addProperty(CHECKPOINT, title(model));
        json.addProperty(HASH, model.checkpoint().weightsHash());
        json.addProperty(FORMAT, PNG);
        return json;
    }
}
