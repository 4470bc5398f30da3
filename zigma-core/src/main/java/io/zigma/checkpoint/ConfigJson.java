package io.zigma.checkpoint;

import com.google.gson.JsonObject;
import io.zigma.backbone.zigma.Positions;
import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.base.Canvas;
import io.zigma.checkpoint.CheckpointConfig.SamplingDefaults;
import io.zigma.condition.Conditioning;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import io.zigma.io.Spelling;
import io.zigma.nn.MambaConfig;
import io.zigma.nn.NormKind;
import io.zigma.scan.ScanScheme;

/** Parts of {@code config.json} that other files say in the same words. */
public final class ConfigJson {

    private ConfigJson() {}

    /**
     * Returns a model's shape.
     *
     * @param config the shape
     * @return its fields, {@code classes} and {@code null_class} only for a class-conditional
     *     model, {@code text} only for a text-conditional one, {@code frames} and {@code
     *     temporal_positions} only for one of videos
     */
    public static JsonObject write(ZigMaConfig config) {
        JsonObject json = new JsonObject();
        if (config.canvas() instanceof Canvas.Video video) {
            json.addProperty("frames", video.frames());
            json.addProperty("temporal_positions", config.temporalPositions());
        }
        json.addProperty("image_height", config.imageHeight());
        json.addProperty("image_width", config.imageWidth());
        json.addProperty("channels", config.channels());
        json.addProperty("patch_size", config.patchSize());
        json.addProperty("hidden_size", config.hiddenSize());
        json.addProperty("depth", config.depth());
        json.addProperty("scan", config.scan().spelling());
        json.add("mixer", write(config.mixer()));
        json.addProperty("positions", Spelling.of(config.positions()));
        json.addProperty("norm", Spelling.of(config.norm()));
        json.addProperty("norm_epsilon", config.normEpsilon());
        json.addProperty("drop_path", config.dropPath());
        if (config.conditioning() instanceof Conditioning.ByClass byClass) {
            json.addProperty("classes", byClass.classes());
            json.addProperty("null_class", byClass.nullClass());
        }
        if (config.conditioning() instanceof Conditioning.ByText byText) {
            JsonObject text = new JsonObject();
            text.addProperty("context_size", byText.contextSize());
            text.addProperty("tokens", byText.tokens());
            json.add("text", text);
        }
        return json;
    }

    static ZigMaConfig readModel(Fields json) throws CheckpointException {
        json.only(
                "frames",
                "temporal_positions",
                "image_height",
                "image_width",
                "channels",
                "patch_size",
                "hidden_size",
                "depth",
                "scan",
                "mixer",
                "positions",
                "norm",
                "norm_epsilon",
                "drop_path",
                "classes",
                "null_class",
                "text");
        return new ZigMaConfig(
                readCanvas(json),
                json.integer("patch_size"),
                json.integer("hidden_size"),
                json.integer("depth"),
                json.parsed("scan", ScanScheme::parse),
                readMixer(json.object("mixer")),
                json.choice("positions", Positions.class),
                json.has("temporal_positions") && json.flag("temporal_positions"),
                json.choice("norm", NormKind.class),
                json.number("norm_epsilon"),
                json.number("drop_path"),
                readConditioning(json));
    }

    private static Conditioning readConditioning(Fields json) throws CheckpointException {
        if (json.has("text")) {
            json.without("classes", "text");
            Fields text = json.object("text").only("context_size", "tokens");
            return new Conditioning.ByText(text.integer("context_size"), text.integer("tokens"));
        }
        return json.has("classes")
                ? new Conditioning.ByClass(json.integer("classes"), json.flag("null_class"))
                : new Conditioning.Unconditional();
    }

    private static Canvas readCanvas(Fields json) throws CheckpointException {
        int channels = json.integer("channels");
        int height = json.integer("image_height");
        int width = json.integer("image_width");
        return json.has("frames")
                ? new Canvas.Video(json.integer("frames"), channels, height, width)
                : new Canvas.Image(channels, height, width);
    }

    /**
     * Returns what is recommended to sample with.
     *
     * @param sampling the recommendation
     * @return its fields
     */
    public static JsonObject write(SamplingDefaults sampling) {
        JsonObject json = new JsonObject();
        json.addProperty("sampler", sampling.sampler());
        json.addProperty("steps", sampling.steps());
        GuidanceStrength guidance = sampling.guidance();
        json.addProperty("guidance_scale", guidance.scale());
        if (!guidance.throughout()) {
            json.addProperty("guidance_from", guidance.from());
            json.addProperty("guidance_to", guidance.to());
        }
        return json;
    }

    static SamplingDefaults readSampling(Fields json) throws CheckpointException {
        json.only("sampler", "steps", "guidance_scale", "guidance_from", "guidance_to");
        return new SamplingDefaults(
                json.text("sampler"), json.integer("steps"), readGuidance(json));
    }

    private static GuidanceStrength readGuidance(Fields json) throws CheckpointException {
        return new GuidanceStrength(
                json.number("guidance_scale"),
                json.has("guidance_from") ? json.number("guidance_from") : 0,
                json.has("guidance_to") ? json.number("guidance_to") : 1);
    }

    private static JsonObject write(MambaConfig mixer) {
        JsonObject json = new JsonObject();
        json.addProperty("state_size", mixer.stateSize());
        json.addProperty("convolution_width", mixer.convolutionWidth());
        json.addProperty("expand", mixer.expand());
        json.addProperty("time_rank", mixer.timeRank());
        json.addProperty("convolution_bias", mixer.convolutionBias());
        json.addProperty("projection_bias", mixer.projectionBias());
        return json;
    }

    private static MambaConfig readMixer(Fields json) throws CheckpointException {
        json.only(
                "state_size",
                "convolution_width",
                "expand",
                "time_rank",
                "convolution_bias",
                "projection_bias");
        return new MambaConfig(
                json.integer("state_size"),
                json.integer("convolution_width"),
                json.integer("expand"),
                json.integer("time_rank"),
                json.flag("convolution_bias"),
                json.flag("projection_bias"));
    }
}
