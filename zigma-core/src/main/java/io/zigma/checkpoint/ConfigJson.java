package io.zigma.checkpoint;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.zigma.backbone.BackboneKind;
import io.zigma.backbone.BackboneSpec;
import io.zigma.backbone.Signature;
import io.zigma.base.SampleShape;
import io.zigma.checkpoint.CheckpointConfig.SamplingDefaults;
import io.zigma.codec.CodecReference;
import io.zigma.condition.Conditioning;
import io.zigma.condition.Conditionings;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.diffusion.Processes;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import io.zigma.text.TextEncoderReference;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code config.json} ↔ {@link CheckpointConfig}, in the present version of the format. */
public final class ConfigJson {

    private static final String SAMPLE = "sample";
    private static final String CONDITIONING = "conditioning";
    private static final String BACKBONE = "backbone";
    private static final String PROCESS = "process";
    private static final String CODEC = "codec";
    private static final String TEXT_ENCODER = "text_encoder";
    private static final String SAMPLING = "sampling";
    private static final String TRAINING = "training";
    private static final String DATA = "data";
    private static final String KIND = "kind";

    /** For latents without a named codec. */
    static final String NO_CODEC = "none";

    private static final String OUTPUT_CHANNELS = "output_channels";
    private static final String TIME_SCALE = "time_scale";
    private static final String SAMPLER_OPTIONS = "sampler_options";

    private ConfigJson() {}

    /** Names of all fields but those of the file itself: format, version, hash of the weights. */
    static final List<String> FIELDS =
            List.of(
                    SAMPLE,
                    CONDITIONING,
                    BACKBONE,
                    PROCESS,
                    CODEC,
                    TEXT_ENCODER,
                    SAMPLING,
                    TRAINING,
                    DATA);

    static CheckpointConfig read(Fields json) throws CheckpointException {
        Fields conditioning = json.object(CONDITIONING);
        BackboneSpec model = readModel(json);
        return new CheckpointConfig(
                model,
                Processes.read(json.object(PROCESS)),
                Conditionings.classNames(conditioning),
                readCodec(json.object(CODEC)),
                json.has(TEXT_ENCODER)
                        ? Optional.of(readTextEncoder(json.object(TEXT_ENCODER)))
                        : Optional.empty(),
                readSampling(json.object(SAMPLING)),
                json.object(TRAINING).json(),
                json.object(DATA).json());
    }

    /** Adds everything of a description to an object. */
    static void write(CheckpointConfig config, JsonObject json) {
        writeModel(config.model(), config.labels(), json);
        json.add(PROCESS, Processes.write(config.process()));
        json.add(CODEC, writeCodec(config.codec()));
        config.textEncoder().ifPresent(encoder -> json.add(TEXT_ENCODER, write(encoder)));
        json.add(SAMPLING, write(config.sampling()));
        json.add(TRAINING, config.training());
        json.add(DATA, config.data());
    }

    private static BackboneSpec readModel(Fields json) throws CheckpointException {
        SampleShape sample = readSample(json.object(SAMPLE));
        Conditioning conditioning = Conditionings.read(json.object(CONDITIONING));
        Fields backbone = json.object(BACKBONE);
        BackboneKind<?> kind = backbone.parsed(KIND, Backbones.REGISTRY::get);
        Signature signature =
                new Signature(
                        sample,
                        backbone.integer(OUTPUT_CHANNELS),
                        conditioning,
                        backbone.number(TIME_SCALE));
        return kind.read(backbone.without(KIND, OUTPUT_CHANNELS, TIME_SCALE), signature);
    }

    /**
     * Adds what determines a model's shape to an object: samples, conditioning, backbone.
     *
     * @param model the specification
     * @param classNames one name a class, in order
     * @param json what it is added to
     */
    public static void writeModel(BackboneSpec model, List<String> classNames, JsonObject json) {
        json.add(SAMPLE, write(model.sample()));
        json.add(CONDITIONING, model.conditioning().json(classNames));
        JsonObject backbone = new JsonObject();
        backbone.addProperty(KIND, model.kind().name());
        backbone.addProperty(OUTPUT_CHANNELS, model.outputChannels());
        backbone.addProperty(TIME_SCALE, model.signature().timeScale());
        for (Map.Entry<String, JsonElement> field : model.json().entrySet()) {
            backbone.add(field.getKey(), field.getValue());
        }
        json.add(BACKBONE, backbone);
    }

    /**
     * Describes which text encoder a model was trained with.
     *
     * @param encoder its name and hash
     * @return the object {@code text_encoder}
     */
    public static JsonObject write(TextEncoderReference encoder) {
        JsonObject json = new JsonObject();
        json.addProperty("name", encoder.name());
        json.addProperty("hash", encoder.hash());
        return json;
    }

    private static TextEncoderReference readTextEncoder(Fields json) throws CheckpointException {
        json.only("name", "hash");
        return new TextEncoderReference(json.text("name"), json.text("hash"));
    }

    /**
     * Describes which codec decodes a model's samples.
     *
     * @param codec its kind, and of one with weights name and hash; empty where it is unknown
     * @return the object {@code codec}
     */
    public static JsonObject writeCodec(Optional<CodecReference> codec) {
        JsonObject json = new JsonObject();
        json.addProperty(KIND, codec.map(CodecReference::kind).orElse(NO_CODEC));
        codec.filter(CodecReference::isFolder)
                .ifPresent(
                        reference -> {
                            json.addProperty("name", reference.name());
                            json.addProperty("hash", reference.hash());
                        });
        return json;
    }

    private static Optional<CodecReference> readCodec(Fields json) throws CheckpointException {
        json.only(KIND, "name", "hash");
        String kind = json.text(KIND);
        if (json.has("hash")) {
            return Optional.of(new CodecReference(kind, json.text("name"), json.text("hash")));
        }
        return kind.equals(NO_CODEC)
                ? Optional.empty()
                : Optional.of(CodecReference.withoutWeights(kind));
    }

    private static JsonObject write(SampleShape sample) {
        JsonObject json = new JsonObject();
        if (sample.isVideo()) {
            json.addProperty("frames", sample.frames());
        }
        json.addProperty("channels", sample.channels());
        json.addProperty("height", sample.height());
        json.addProperty("width", sample.width());
        return json;
    }

    private static SampleShape readSample(Fields json) throws CheckpointException {
        json.only("frames", "channels", "height", "width");
        int channels = json.integer("channels");
        int height = json.integer("height");
        int width = json.integer("width");
        return json.has("frames")
                ? SampleShape.video(json.integer("frames"), channels, height, width)
                : SampleShape.image(channels, height, width);
    }

    /**
     * Writes a checkpoint's sampling defaults.
     *
     * @param sampling sampler, steps and guidance
     * @return the object {@code sampling}
     */
    public static JsonObject write(SamplingDefaults sampling) {
        JsonObject json = new JsonObject();
        json.addProperty("sampler", sampling.sampler());
        json.addProperty("steps", sampling.steps());
        if (!sampling.options().isEmpty()) { // files of earlier versions have none
            JsonObject options = new JsonObject();
            sampling.options().forEach(options::addProperty);
            json.add(SAMPLER_OPTIONS, options);
        }
        GuidanceStrength guidance = sampling.guidance();
        json.addProperty("guidance_scale", guidance.scale());
        if (!guidance.throughout()) {
            json.addProperty("guidance_from", guidance.from());
            json.addProperty("guidance_to", guidance.to());
        }
        if (guidance.channels() != 0) {
            json.addProperty("guidance_channels", guidance.channels());
        }
        return json;
    }

    /**
     * Reads what {@link #write(SamplingDefaults)} wrote.
     *
     * @param json the object {@code sampling}
     * @return what to sample with
     * @throws CheckpointException if a field is missing, unknown or wrong
     */
    public static SamplingDefaults readSampling(Fields json) throws CheckpointException {
        json.only(
                "sampler",
                "steps",
                SAMPLER_OPTIONS,
                "guidance_scale",
                "guidance_from",
                "guidance_to",
                "guidance_channels");
        return new SamplingDefaults(
                json.text("sampler"),
                json.integer("steps"),
                json.has(SAMPLER_OPTIONS) ? json.object(SAMPLER_OPTIONS).values() : Map.of(),
                readGuidance(json));
    }

    private static GuidanceStrength readGuidance(Fields json) throws CheckpointException {
        return new GuidanceStrength(
                json.number("guidance_scale"),
                json.has("guidance_from") ? json.number("guidance_from") : 0,
                json.has("guidance_to") ? json.number("guidance_to") : 1,
                json.has("guidance_channels") ? json.integer("guidance_channels") : 0);
    }
}
