package io.zigma.backbone.zigma;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.zigma.backbone.Signature;
import io.zigma.base.Spelling;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import io.zigma.mixer.TokenMixers;
import io.zigma.nn.CrossAttention;
import io.zigma.nn.MambaConfig;
import io.zigma.nn.MixerSpec;
import io.zigma.nn.NormKind;
import io.zigma.scan.ScanScheme;
import java.util.Map;

/** ZigMa's fields in {@code config.json}. */
final class ZigMaJson {

    private static final String KIND = "kind";

    private ZigMaJson() {}

    static JsonObject write(ZigMaConfig config) {
        JsonObject json = new JsonObject();
        json.addProperty("patch_size", config.patchSize());
        json.addProperty("hidden_size", config.hiddenSize());
        json.addProperty("depth", config.depth());
        json.addProperty("scan", config.scan().spelling());
        json.add("mixer", write(config.mixer()));
        json.addProperty("positions", Spelling.of(config.positions()));
        json.addProperty("temporal_positions", config.temporalPositions());
        json.addProperty("norm", Spelling.of(config.norm()));
        json.addProperty("norm_epsilon", config.normEpsilon());
        json.addProperty("drop_path", config.dropPath());
        if (config.textHeads() != CrossAttention.HEADS) { // left out in earlier files
            json.addProperty("text_heads", config.textHeads());
        }
        return json;
    }

    static ZigMaConfig read(Fields json, Signature signature) throws CheckpointException {
        json.only(
                "patch_size",
                "hidden_size",
                "depth",
                "scan",
                "mixer",
                "positions",
                "temporal_positions",
                "norm",
                "norm_epsilon",
                "drop_path",
                "text_heads");
        return new ZigMaConfig(
                signature,
                json.integer("patch_size"),
                json.integer("hidden_size"),
                json.integer("depth"),
                json.parsed("scan", ScanScheme::parse),
                read(json.object("mixer")),
                json.choice("positions", Positions.class),
                json.flag("temporal_positions"),
                json.choice("norm", NormKind.class),
                json.number("norm_epsilon"),
                json.number("drop_path"),
                json.has("text_heads") ? json.integer("text_heads") : CrossAttention.HEADS);
    }

    /** Mamba's mixer was the only one in earlier files, and has no kind in later ones either. */
    private static JsonObject write(MixerSpec mixer) {
        return mixer.mamba().map(ZigMaJson::writeMamba).orElseGet(() -> writeOther(mixer));
    }

    private static JsonObject writeOther(MixerSpec mixer) {
        JsonObject json = new JsonObject();
        json.addProperty(KIND, mixer.name());
        mixer.settings().forEach((name, value) -> json.add(name, primitive(value)));
        return json;
    }

    /** Numbers and truths are written as such. */
    private static JsonElement primitive(String value) {
        return value.matches("true|false|-?\\d+(\\.\\d+)?")
                ? JsonParser.parseString(value)
                : new JsonPrimitive(value);
    }

    private static MixerSpec read(Fields json) throws CheckpointException {
        if (!json.has(KIND)) {
            return readMamba(json);
        }
        Map<String, String> values = json.without(KIND).values();
        return json.parsed(KIND, kind -> TokenMixers.REGISTRY.get(kind).create(values));
    }

    private static JsonObject writeMamba(MambaConfig mixer) {
        JsonObject json = new JsonObject();
        json.addProperty("state_size", mixer.stateSize());
        json.addProperty("convolution_width", mixer.convolutionWidth());
        json.addProperty("expand", mixer.expand());
        json.addProperty("dt_rank", mixer.dtRank());
        json.addProperty("convolution_bias", mixer.convolutionBias());
        json.addProperty("projection_bias", mixer.projectionBias());
        return json;
    }

    private static MambaConfig readMamba(Fields json) throws CheckpointException {
        json.only(
                "state_size",
                "convolution_width",
                "expand",
                "dt_rank",
                "convolution_bias",
                "projection_bias");
        return new MambaConfig(
                json.integer("state_size"),
                json.integer("convolution_width"),
                json.integer("expand"),
                json.integer("dt_rank"),
                json.flag("convolution_bias"),
                json.flag("projection_bias"));
    }
}
