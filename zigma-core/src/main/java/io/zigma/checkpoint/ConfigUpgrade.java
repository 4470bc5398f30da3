package io.zigma.checkpoint;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.zigma.codec.PixelCodec;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;

/**
 * Upgrades descriptions of older versions of the format to the present one, a version at a time, so
 * that every older checkpoint loads.
 */
final class ConfigUpgrade {

    private ConfigUpgrade() {}

    /**
     * Version 1 had ZigMa and interpolants only, and the samples, the conditioning and the network
     * in one object {@code model}.
     */
    static Fields fromVersion1(Fields old) throws CheckpointException {
        old.only(
                "format",
                "version",
                "model",
                "interpolant",
                "prediction",
                "labels",
                "sampling",
                "training",
                "data",
                "weights_sha256");
        Fields model = old.object("model");
        JsonObject json = new JsonObject();
        json.add("sample", sample(model));
        json.add("conditioning", conditioning(model, old));
        json.add("backbone", backbone(model));
        JsonObject process = new JsonObject();
        process.addProperty("kind", "interpolant");
        process.addProperty("path", old.text("interpolant"));
        process.addProperty("prediction", old.text("prediction"));
        json.add("process", process);
        int channels = model.integer("channels");
        JsonObject codec = new JsonObject();
        boolean pictures = channels == 1 || channels == 3;
        codec.addProperty("kind", pictures ? PixelCodec.NAME : ConfigJson.NO_CODEC);
        json.add("codec", codec);
        for (String same : new String[] {"sampling", "training", "data"}) {
            json.add(same, old.object(same).json());
        }
        json.addProperty("weights_sha256", old.text("weights_sha256"));
        return old.withContent(json);
    }

    private static JsonObject sample(Fields model) throws CheckpointException {
        JsonObject sample = new JsonObject();
        if (model.has("frames")) {
            sample.addProperty("frames", model.integer("frames"));
        }
        sample.addProperty("channels", model.integer("channels"));
        sample.addProperty("height", model.integer("image_height"));
        sample.addProperty("width", model.integer("image_width"));
        return sample;
    }

    private static JsonObject conditioning(Fields model, Fields old) throws CheckpointException {
        JsonObject json = new JsonObject();
        int labels = old.texts("labels").size();
        if (model.has("classes") && model.has("text")) {
            throw new CheckpointException(
                    "%s has model.classes beside model.text; leave one out".formatted(old.file()));
        }
        int classes = model.has("classes") ? model.integer("classes") : 0;
        if (classes != labels) {
            throw new CheckpointException(
                    "%s: the model has %s classes but there are %s labels"
                            .formatted(old.file(), classes, labels));
        }
        if (model.has("text")) {
            Fields text = model.object("text").only("context_size", "tokens");
            json.addProperty("kind", "text");
            json.addProperty("context_size", text.integer("context_size"));
            json.addProperty("context_tokens", text.integer("tokens"));
        } else if (classes > 0) {
            json.addProperty("kind", "class");
            json.add("classes", old.json().get("labels"));
            json.addProperty("null_class", model.flag("null_class"));
        } else {
            json.addProperty("kind", "none");
        }
        return json;
    }

    private static JsonObject backbone(Fields model) throws CheckpointException {
        JsonObject json = new JsonObject();
        json.addProperty("kind", "zigma");
        json.addProperty("output_channels", model.integer("channels"));
        json.addProperty("time_scale", 1000.0);
        json.addProperty("temporal_positions", false);
        for (String name : model.json().keySet()) {
            switch (name) {
                case "frames",
                        "image_height",
                        "image_width",
                        "channels",
                        "classes",
                        "null_class",
                        "text" -> {} // of the samples and the conditioning
                case "mixer" -> json.add(name, mixer(model.object(name)));
                default -> json.add(name, model.json().get(name)); // unknown ones are refused later
            }
        }
        return json;
    }

    private static JsonObject mixer(Fields old) {
        JsonObject json = new JsonObject();
        for (String name : old.json().keySet()) {
            JsonElement value = old.json().get(name);
            json.add(name.equals("time_rank") ? "dt_rank" : name, value);
        }
        return json;
    }
}
